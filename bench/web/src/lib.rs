//! What the browser benchmarks load: the patterns in loops or, without the feature `loops`, next to nothing.

#[cfg(all(feature = "loops", target_arch = "wasm32"))]
#[path = "../../src/drive.rs"]
mod drive;
#[cfg(all(feature = "loops", target_arch = "wasm32"))]
mod loops;

use wasm_bindgen::prelude::wasm_bindgen;

/// A page that has heard this has its module.
#[wasm_bindgen]
pub fn answer() -> u32 {
    42
}
