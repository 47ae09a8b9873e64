use super::*;
use serde_json::json;

fn sample(rows: i64) -> Reply {
    let mut reply = Reply::titled(["Top crash issues", "starfall-android", "2026-11-22 +08:00"]);
    reply.facts([
        Fact::new(
            "crashed devices",
            Cell::Share {
                part: 3461,
                whole: 412_031,
            },
        )
        .unit("active"),
        Fact::new("nothing", Cell::Missing),
    ]);
    let mut table = Table::new(&["devices", "state", "empty", "where"]);
    table.rows = (0..rows)
        .map(|row| {
            vec![
                Cell::Count(row * 1000),
                Cell::word("unprocessed"),
                Cell::Missing,
                Cell::data(Some("physx::PxVehicle|Constraint\nShader")),
            ]
        })
        .collect();
    table.total = Some(340);
    table.offset = Some(0);
    reply.table(table, "no issues");
    reply.code(Code::head(
        "stack",
        (0..rows)
            .map(|n| format!("#{n:02} frame"))
            .collect::<Vec<_>>()
            .join("\n"),
    ));
    reply.next(Some(Next {
        tool: "crashsight_get_issue".to_owned(),
        arguments: json!({"issue": "A0"})
            .as_object()
            .cloned()
            .unwrap_or_default(),
    }));
    reply
}

#[test]
fn a_reply_that_fits_is_whole() {
    insta::assert_snapshot!(sample(3).text(Budget::DEFAULT), @r#"
    Top crash issues · starfall-android · 2026-11-22 +08:00
    crashed devices 3,461 of 412,031 active (0.84 %)
    devices | state | where
    0 | unprocessed | physx::PxVehicle/Constraint Shader
    1,000 | unprocessed | physx::PxVehicle/Constraint Shader
    2,000 | unprocessed | physx::PxVehicle/Constraint Shader
    3 of 340; offset=3 for more
    stack
    ```
    #00 frame
    #01 frame
    #02 frame
    ```
    next: crashsight_get_issue {"issue":"A0"}
    "#);
}

#[test]
fn what_does_not_fit_is_cut_and_counted() {
    let text = sample(400).text(Budget::new(600));
    assert!(crate::tokens::estimate(&text) <= 600, "{text}");
    assert!(text.contains("of 400; offset="), "{text}");
    assert!(
        text.contains("left out to stay within 600 tokens: stack (400 lines)"),
        "{text}"
    );
    assert!(
        text.ends_with("next: crashsight_get_issue {\"issue\":\"A0\"}"),
        "{text}"
    );
    assert_eq!(
        text.matches("```").count() % 2,
        0,
        "a fence was broken: {text}"
    );
}

#[test]
fn json_carries_the_same_blocks_with_raw_numbers() {
    let json = sample(1).json(Budget::DEFAULT);
    assert_eq!(json["blocks"][0]["facts"]["crashed devices"]["part"], 3461);
    assert_eq!(json["blocks"][1]["rows"][0][2], Value::Null);
    assert_eq!(json["next"][0]["tool"], "crashsight_get_issue");
}

#[test]
fn a_log_keeps_its_end() {
    let mut code = Code::tail("log", "1\n2\n3\n4");
    code.keep_lines(2);
    assert_eq!((code.text.as_str(), code.cut), ("3\n4", 2));
}

proptest::proptest! {
    #[test]
    fn no_budget_is_broken(rows in 0_i64..200, tokens in 200_usize..3000) {
        let text = sample(rows).text(Budget::new(tokens));
        proptest::prop_assert!(crate::tokens::estimate(&text) <= tokens);
    }
}
