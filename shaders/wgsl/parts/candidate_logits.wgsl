// Part: candidates are logits, and their ids are their places in the row.
fn candidate(index: u32, place: u32) -> Found {
    return Found(place, bitcast<f32>(candidates[index]));
}
