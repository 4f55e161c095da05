use async_playground::exercises::{Input, Kind, Request, Setting, catalogue};

fn refused(slug: &str, program: Option<&str>, setting: &str, input: Input) -> (&'static str, String) {
    let refusal = Request::new(slug, program, [(setting.to_owned(), input)], None).unwrap_err();
    (refusal.code, refusal.message)
}

#[test]
fn unknown_names_are_refused_with_the_known_ones() {
    let (code, message) = refused("ttl", None, "x", Input::Bool(true));
    assert_eq!(code, "unknown-exercise");
    assert!(message.starts_with("unknown exercise \"ttl\"; known: request-handler"), "{message}");
    let (code, message) = refused("request-handler", Some("perfect"), "x", Input::Bool(true));
    assert_eq!((code, message.contains("correct, unchecked")), ("unknown-program", true), "{message}");
    let (code, message) = refused("request-handler", None, "__proto__", Input::Bool(true));
    assert_eq!(code, "unknown-setting");
    assert_eq!(message, "unknown setting of request-handler \"__proto__\"; known: ids, query_ms");
}

#[test]
fn a_bad_value_is_refused_with_the_setting_and_its_range() {
    let (code, message) = refused("request-handler", None, "query_ms", Input::Number(-1.0));
    assert_eq!(code, "bad-value");
    assert_eq!(message, "setting query_ms must be a whole number from 0 to 10000 ms, not -1");
    let long = Input::Text("x".repeat(1_000_000));
    let (_, message) = refused("request-handler", None, "query_ms", long);
    assert!(message.len() < 200, "hostile text is cut: {} bytes", message.len());
}

/// Every setting of every exercise, with inputs that are wrong for its kind.
#[test]
fn every_setting_refuses_what_is_out_of_range_or_of_another_type() {
    for exercise in catalogue() {
        for setting in exercise.settings {
            let mut wrong = vec![
                Input::Number(f64::NAN),
                Input::Number(f64::INFINITY),
                Input::Number(0.5),
                Input::Other("null"),
                Input::Other("object"),
                Input::Text("\u{1f980}".into()),
                setting.spelled("\u{1f980}"),
                Input::List(vec![Input::Other("undefined")]),
                Input::List(vec![Input::List(vec![])]),
            ];
            match setting.kind {
                Kind::Int { min, max, .. } => {
                    #[allow(clippy::cast_precision_loss, reason = "ranges are small")]
                    wrong.extend([min - 1, max + 1].map(|n| Input::Number(n as f64)));
                    wrong.extend([Input::Bool(true), Input::Text("5".into())]);
                }
                Kind::Bool { .. } => wrong.extend([Input::Number(1.0), Input::Text("true".into())]),
                Kind::Choice { .. } => wrong.extend([Input::Bool(false), Input::Text(String::new())]),
                Kind::Ints { min, max, max_items, .. } => {
                    wrong.push(setting.spelled(&(min - 1).to_string()));
                    wrong.push(setting.spelled(&(max + 1).to_string()));
                    wrong.push(Input::List(Vec::new()));
                    wrong.push(setting.spelled(&vec![min.to_string(); max_items + 1].join(",")));
                }
                Kind::Order { options, .. } => {
                    wrong.push(setting.spelled(&format!("{0},{0}", options[0])));
                    wrong.push(Input::Bool(true));
                }
            }
            for input in wrong {
                let (code, message) = refused(exercise.slug, None, setting.name, input.clone());
                assert_eq!(code, "bad-value", "{} {} {input:?}", exercise.slug, setting.name);
                assert!(
                    message.contains(setting.name) && message.contains(&setting.allowed().to_string()),
                    "{message}"
                );
            }
        }
    }
}

#[test]
fn every_default_is_a_value_that_its_setting_accepts() {
    for exercise in catalogue() {
        for setting in exercise.settings {
            let spelled = match serde_json::to_value(setting.default()).unwrap() {
                serde_json::Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join(","),
                serde_json::Value::String(word) => word,
                other => other.to_string(),
            };
            assert_eq!(setting.read(&setting.spelled(&spelled)), Some(setting.default()), "{}", setting.name);
        }
    }
}

/// A setting of `tests/settings.json`.
fn setting(kind: &str, spec: &serde_json::Value) -> Setting {
    let number = |name: &str| spec[name].as_i64().unwrap();
    let options = || -> &'static [&'static str] {
        let words = spec["options"].as_array().unwrap().iter();
        words.map(|word| &*word.as_str().unwrap().to_owned().leak()).collect::<Vec<_>>().leak()
    };
    match kind {
        "int" if spec["unit"] == "ms" => {
            Setting::millis("it", "It", number("min"), number("min"), number("max"))
        }
        "int" => Setting::int("it", "It", number("min"), number("min"), number("max")),
        "bool" => Setting::flag("it", "It", false),
        "choice" => Setting::choice("it", "It", options()[0], options()),
        "ints" => {
            let most = usize::try_from(number("maxItems")).unwrap();
            Setting::ints("it", "It", &[], (number("min"), number("max")), most)
        }
        "order" => Setting::order("it", "It", &[], options()),
        kind => panic!("no kind of setting is called {kind}"),
    }
}

/// JavaScript's reader of a setting's text is tested against the same table.
#[test]
fn the_text_of_a_setting_is_read_as_the_shared_table_says() {
    let table: Vec<serde_json::Value> = serde_json::from_str(include_str!("../../settings.json")).unwrap();
    assert!(table.len() > 40);
    for case in table {
        let setting = setting(case["kind"].as_str().unwrap(), &case["spec"]);
        let value = setting.read(&setting.spelled(case["text"].as_str().unwrap()));
        match case.get("refusal") {
            Some(refusal) => {
                assert_eq!((value, &*setting.allowed().to_string()), (None, refusal.as_str().unwrap()));
            }
            None => assert_eq!(serde_json::to_value(value.unwrap()).unwrap(), case["value"], "{case}"),
        }
    }
}
