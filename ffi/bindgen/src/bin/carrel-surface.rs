//! `carrel-surface LIBRARY`: prints what a built library exports, for `ffi/surface.txt`.

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| anyhow::anyhow!("which library?"))?;
    print!("{}", carrel_bindgen::surface(path.as_ref(), "carrel_ffi")?);
    Ok(())
}
