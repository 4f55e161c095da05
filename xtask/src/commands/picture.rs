//! `cargo xtask picture`: a run as an SVG file.

use std::process::ExitCode;

use anyhow::Result;
use async_playground::exercises::{Input, Request};
use clap::Args;

use super::run::setting;
use crate::{project::Project, site::picture};

/// What to draw.
#[derive(Args)]
pub struct Options {
    /// The exercise: request-handler, ttl-cache, ...
    slug: String,
    /// The program: correct, or one of the exercise's mistakes
    #[arg(long)]
    program: Option<String>,
    /// A setting of the exercise; can be given several times
    #[arg(long = "set", value_name = "SETTING=VALUE", value_parser = setting)]
    settings: Vec<(String, String)>,
    /// Draws the order of ready tasks from this number instead of first come, first served
    #[arg(long)]
    seed: Option<u32>,
}

/// Prints the picture. The exit status is 2 for a request that makes no sense.
pub fn picture(options: &Options) -> Result<ExitCode> {
    let spelled =
        |(name, value): &(String, String)| (name.clone(), Input::spelled(&options.slug, name, value));
    let settings = options.settings.iter().map(spelled);
    let request = match Request::new(&options.slug, options.program.as_deref(), settings, options.seed) {
        Ok(request) => request,
        Err(refusal) => {
            eprintln!("error: {refusal}");
            return Ok(ExitCode::from(2));
        }
    };
    print!("{}", picture::file(&Project::open()?, &request)?);
    Ok(ExitCode::SUCCESS)
}
