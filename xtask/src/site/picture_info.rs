//! How the runs of an exercise are drawn and told: its `picture.json`, checked. `www/api/brief.d.ts` says what each field is.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use async_playground::exercises::Exercise;
use serde::{Deserialize, Serialize};

use super::assets::read_text;
use crate::project;

type Name = String;

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PictureInfo {
    pub invitation: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hide: Vec<Name>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hide_tasks: Vec<Name>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lanes: Vec<Lane>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    states: BTreeMap<Name, BTreeMap<Name, Vec<String>>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    waits: BTreeMap<Name, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Answer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    totals: Vec<Total>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dots: Option<Dots>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    nest: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chips: Option<Chips>,
    #[serde(skip_serializing_if = "Option::is_none")]
    walk: Option<Walk>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Lane {
    of: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    light: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holds: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    joins: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    begin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fresh: Option<Fresh>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<Name>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Fresh {
    setting: Name,
    after: Name,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    of: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lane: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bare: Option<bool>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Total {
    of: Name,
    word: String,
    unit: Unit,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Name>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Unit {
    S,
    Ms,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Dots {
    marks: Vec<Mark>,
    ring: Name,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    of: Name,
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<Name, String>,
    look: Look,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Look {
    Ok,
    Failed,
    Refused,
    Gone,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Chips {
    of: Vec<Name>,
    all: Name,
    none: Name,
    left: Name,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Walk {
    stages: Vec<Name>,
    number: Name,
    name: Name,
    stops: Vec<Stop>,
    tasks: Name,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Stop {
    label: Name,
    look: StopLook,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum StopLook {
    Ring,
    Cross,
}

impl PictureInfo {
    /// Reads that of an exercise; a field or a setting that does not exist is an error.
    pub fn of(exercise: &Exercise) -> Result<Self> {
        let path = format!("src/exercises/{}/picture.json", exercise.directory());
        let info: Self =
            serde_json::from_str(&read_text(&project::root().join(&path))?).with_context(|| path.clone())?;
        let lanes = info.lanes.iter();
        let named =
            lanes.flat_map(|lane| lane.deadline.iter().chain(lane.fresh.iter().map(|fresh| &fresh.setting)));
        for name in named {
            ensure!(
                exercise.settings.iter().any(|setting| setting.name == name),
                "{path}: no setting {name}"
            );
        }
        Ok(info)
    }
}
