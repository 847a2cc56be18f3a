//! `carrel-bindgen-swift`: UniFFI's generator of Swift sources, headers and module maps.

fn main() {
    uniffi::uniffi_bindgen_swift();
}
