//! Conditions as arguments, in the grammar, flat, and against rows.

use serde_json::{Value, from_value, json};

use super::*;

fn read(conditions: Value) -> Result<Conditions, String> {
    from_value(conditions).map_err(|error| error.to_string())
}

#[test]
fn conditions_are_written_in_the_services_grammar() {
    let id = "A0FD07100BE7F136ABD1E227D44E71ED";
    for (given, wire) in [
        (
            json!({"field": "model", "is": ["Pixel 8"]}),
            json!({"field": "model", "queryType": "TERM", "term": "Pixel 8"}),
        ),
        (
            json!({"field": "model", "is": "Pixel*"}),
            json!({"field": "model", "queryType": "TERMS_WILDCARD", "terms": ["Pixel*"]}),
        ),
        (
            json!({"field": "osVersion", "is": ["Android 13,level 33", "Android 14,level 34"], "not": true}),
            json!({"field": "osVersion", "queryType": "TERMS", "terms": ["Android 13,level 33", "Android 14,level 34"], "not": true}),
        ),
        (
            json!({"field": "stack", "contains": "Spawn(Actor*)"}),
            json!({"field": "crashDetail", "queryType": "TEXT_MATCH_PHRASE", "text": "Spawn(Actor*)", "not": false}),
        ),
        (
            json!({"field": "oom", "is": [true]}),
            json!({"field": "oomStatus", "queryType": "TERM", "term": "ONLY_IS_OOM"}),
        ),
        (
            json!({"field": "exceptionType", "is": ["lua"]}),
            json!({"field": "exceptionType", "queryType": "TERM", "term": "Lua"}),
        ),
        (
            json!({"field": "issue", "is": ["A0:FD:07:10:0B:E7:F1:36:AB:D1:E2:27:D4:4E:71:ED"]}),
            json!({"field": "issueId", "queryType": "TERM", "term": id}),
        ),
        (
            json!({"field": "country", "is": ["US"]}),
            json!({"field": "country", "queryType": "TERMS", "terms": ["美国", "US"]}),
        ),
    ] {
        assert_eq!(read(json!([given])).unwrap().wire(), [wire], "{given}");
    }
}

#[test]
fn what_cannot_be_searched_is_refused_with_what_can() {
    for (given, expected) in [
        (
            json!({"field": "modle", "is": ["x"]}),
            "no field is called `modle`, perhaps `model`; fields: version, model",
        ),
        (json!({"field": "model"}), "`model` has no value: {"),
        (json!({"field": "model", "is": []}), "`model` has no value"),
        (json!({"field": "model", "is": [""]}), "not an empty string"),
        (
            json!({"field": "stack", "is": ["f"]}),
            "is searched as text",
        ),
        (
            json!({"field": "model", "contains": "Pixel"}),
            "for `model` give `is` with `*`",
        ),
        (
            json!({"field": "user", "contains": "1"}),
            "`user` takes whole values in `is`",
        ),
        (
            json!({"field": "user", "is": ["1*"]}),
            "takes whole values without `*`",
        ),
        (
            json!({"field": "stack", "is": ["a"], "contains": "b"}),
            "not both",
        ),
        (json!({"field": "issue", "is": ["#3"]}), "a place in a list"),
        (
            json!({"field": "oom", "is": ["maybe"]}),
            "`true` or `false`",
        ),
        (json!({"field": "oom", "is": [true, false]}), "not both"),
        (
            json!({"field": "exception_type", "is": ["Luaa"]}),
            "perhaps `Lua`",
        ),
        (
            json!({"field": "country", "is": ["Chnia"]}),
            "perhaps China",
        ),
        (
            json!({"field": "model", "like": "x"}),
            "unknown field `like`",
        ),
    ] {
        let error = read(json!([given])).unwrap_err();
        assert!(error.contains(expected), "{given}: {error}");
    }
    let many = vec![json!({"field": "user", "is": ["1"]}); 21];
    assert!(read(json!(many)).unwrap_err().contains("at most 20"));
}

#[test]
fn versions_are_taken_out_and_read_as_the_argument_is() {
    let both = json!([{"field": "version", "is": ["3.7"]}, {"field": "version", "is": ["3.7.0"], "not": true}]);
    let conditions = read(both).unwrap();
    assert_eq!(conditions.versions(&[]).unwrap(), ["3.7"]);
    assert_eq!(conditions.without_versions().wire().len(), 1);
    let argument: Vec<ShortText> = from_value(json!(["3.6"])).unwrap();
    assert!(conditions.versions(&argument).is_err(), "twice");
}

#[test]
fn only_what_has_a_flat_field_is_written_flat() {
    for (given, flat) in [
        (
            json!([{"field": "model", "is": ["Pixel 8"]}, {"field": "stack", "contains": "f"}]),
            Some(vec![("model", "Pixel 8"), ("keyword", "f")]),
        ),
        (json!([]), Some(vec![])),
        (json!([{"field": "model", "is": ["a", "b"]}]), None),
        (json!([{"field": "model", "is": ["a*"]}]), None),
        (json!([{"field": "model", "is": ["a"], "not": true}]), None),
        (json!([{"field": "oom", "is": ["true"]}]), None),
        (
            json!([{"field": "stack", "contains": "a"}, {"field": "stack", "contains": "b"}]),
            None,
        ),
    ] {
        assert_eq!(read(given.clone()).unwrap().flat(), flat, "{given}");
    }
}

#[test]
fn rows_are_compared_with_what_was_asked_for() {
    for (condition, value, admitted) in [
        (json!({"field": "model", "is": ["pixel*"]}), "Pixel 8", true),
        (json!({"field": "model", "is": ["Pixel*"]}), "MI 9", false),
        (
            json!({"field": "model", "is": ["MI 9"], "not": true}),
            "MI 9",
            false,
        ),
        (json!({"field": "country", "is": ["US"]}), "美国", true),
        (
            json!({"field": "country", "is": ["United States"]}),
            "US",
            true,
        ),
        (json!({"field": "country", "is": ["US"]}), "日本", false),
        (json!({"field": "user", "is": ["17"]}), "17", true),
        (
            json!({"field": "user", "is": ["17"]}),
            "user-3f9a1c0b52",
            true,
        ),
        (
            json!({"field": "user", "is": ["user-3f9a1c0b52"]}),
            "user-0000000000",
            false,
        ),
    ] {
        let conditions = read(json!([condition])).unwrap();
        assert_eq!(conditions.admit(|_| vec![value]), admitted, "{condition}");
        assert!(conditions.admit(|_| Vec::new()), "{condition}: not known");
    }
}

#[test]
fn a_version_of_an_os_is_searched_in_the_forms_of_reports() {
    let terms = |typed: &str| {
        let wire = read(json!([{"field": "os_version", "is": [typed]}]))
            .unwrap()
            .wire();
        let several = wire[0]["terms"].as_array().map(|terms| {
            let terms = terms.iter().filter_map(Value::as_str);
            terms.map(str::to_owned).collect::<Vec<_>>()
        });
        several.unwrap_or_else(|| vec![wire[0]["term"].as_str().unwrap().to_owned()])
    };
    assert_eq!(terms("Android 14"), ["Android 14", "Android 14,*"]);
    assert_eq!(terms("iOS 18.6.2"), ["iOS 18.6.2", "18.6.2 (*"]);
    assert_eq!(
        terms("windows 11"),
        ["windows 11", "Microsoft Windows 11-*"]
    );
    assert_eq!(
        terms("14"),
        [
            "14",
            "Android 14,*",
            "14 (*",
            "Microsoft Windows 14-*",
            "HarmonyOS 14",
            "HarmonyOS 14.*"
        ]
    );
    // As reports have it, or a pattern, it stays.
    for whole in ["Android 14,level 34", "*14*", "18.6.2 (22G100)", "beta"] {
        assert_eq!(terms(whole), [whole]);
    }
    let one = read(json!([{"field": "os_version", "is": ["14"]}])).unwrap();
    assert_eq!(one.titles(), ["os version 14"]);
    // A range that has ended is searched by the one value that was given.
    assert_eq!(one.flat(), Some(vec![("osVersion", "14")]));
    assert!(one.has_forms());
    let two = read(json!([{"field": "os_version", "is": ["13", "14"]}])).unwrap();
    assert_eq!((two.flat(), two.has_forms()), (None, false));
    assert_eq!(two.titles(), ["os version 13 or 14"]);
}
