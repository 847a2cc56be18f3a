// Part: candidates are pairs of id and value.
fn candidate(index: u32, place: u32) -> Found {
    return Found(candidates[2u * index], bitcast<f32>(candidates[2u * index + 1u]));
}
