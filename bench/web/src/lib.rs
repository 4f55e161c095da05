//! The module of the browser benchmarks: the patterns in loops or, without the feature `loops`, almost nothing.

#[cfg(all(feature = "loops", target_arch = "wasm32"))]
#[path = "../../src/drive.rs"]
mod drive;
#[cfg(all(feature = "loops", target_arch = "wasm32"))]
mod loops;

use wasm_bindgen::prelude::wasm_bindgen;

/// Returns a value that shows the page that its module is loaded.
#[wasm_bindgen]
pub fn answer() -> u32 {
    42
}
