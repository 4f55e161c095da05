//! `wasm-pack.toml`: pinned versions of tools, the flags of wasm-opt, the size budget.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// The whole file. An unknown key is an error: a misspelt one would otherwise have no effect.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    pub wasm_pack: WasmPack,
    pub wasm_opt: WasmOpt,
    pub geckodriver: Geckodriver,
    pub mdbook: Mdbook,
    pub budget: Budget,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WasmPack {
    pub version: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WasmOpt {
    pub flags: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Geckodriver {
    pub version: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mdbook {
    pub version: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Budget {
    pub first_load_kib: u64,
    /// What is loaded once before the first program in Python runs.
    pub python_kib: u64,
    /// Exercises whose pages are over it, each with its own limit.
    pub over: BTreeMap<String, u64>,
}

impl Config {
    /// Reads `wasm-pack.toml` in `root`.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("wasm-pack.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not as expected", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_in_the_root_can_be_read() {
        let config = Config::read(&crate::project::root()).expect("readable");
        assert!(config.budget.over.values().all(|limit| *limit > config.budget.first_load_kib));
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let text = "[wasm-pack]\nversion='1'\n[wasm-opt]\nflag=[]\n[geckodriver]\nversion='1'\n[mdbook]\nversion='1'\n[budget]\nfirst-load-kib=2\npython-kib=2\n[budget.over]";
        assert!(toml::from_str::<Config>(text).is_err());
    }
}
