use super::*;
use serde_json::json;

fn sample(rows: i64) -> Reply {
    let mut reply =
        Reply::with_title(["Top crash issues", "starfall-android", "2026-11-22 +08:00"]);
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
                Cell::text("unprocessed"),
                Cell::Missing,
                Cell::untrusted(Some("physx::PxVehicle|Constraint\nShader")),
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
    reply.suggest(Next {
        tool: "crashsight_get_issue".to_owned(),
        arguments: json!({"issue": "A0"})
            .as_object()
            .cloned()
            .unwrap_or_default(),
    });
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
    assert!(crate::token_estimate::estimate(&text) <= 600, "{text}");
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
fn the_next_page_begins_after_rows_that_are_not_shown() {
    let page = |skipped, total| {
        let mut table = Table::new(&["a"]);
        table.rows = vec![vec![Cell::Count(1)]; 3];
        table.total = Some(total);
        table.offset = Some(10);
        table.skipped = skipped;
        let mut reply = Reply::with_title(["t"]);
        reply.table(table, "none");
        reply.text(Budget::DEFAULT)
    };
    assert!(page(0, 20).ends_with("rows 11 to 13 of 20; offset=13 for more"));
    assert!(page(2, 20).ends_with("rows 11 to 13 of 20; offset=15 for more"));
    assert!(!page(2, 15).contains("offset"), "the page is the last");
}

#[test]
fn a_log_keeps_its_end() {
    let mut code = Code::tail("log", "1\n2\n3\n4");
    code.keep_lines(2);
    assert_eq!((code.text.as_str(), code.cut), ("3\n4", 2));
}

#[test]
fn facts_that_do_not_fit_are_counted() {
    let mut reply = Reply::with_title(["t"]);
    reply.facts(
        (0..200).map(|n| Fact::new(format!("key{n}"), Cell::text("a value of some length"))),
    );
    let text = reply.text(Budget::new(300));
    assert!(text.ends_with("more left out"), "{text}");
    assert!(crate::token_estimate::estimate(&text) <= 300, "{text}");
}

#[test]
fn a_table_leaves_space_for_the_next() {
    let rows = |name: &str| {
        let mut table = Table::new(&[name]);
        table.rows = (0..500).map(|n| vec![Cell::Count(n)]).collect();
        table
    };
    let mut reply = Reply::with_title(["t"]);
    reply.table(rows("first"), "").table(rows("second"), "");
    let text = reply.text(Budget::new(600));
    for header in ["first\n0\n1\n", "second\n0\n1\n"] {
        assert!(text.contains(header), "{text}");
    }
    assert_eq!(text.matches("do not fit within 600 tokens").count(), 2);
}

#[test]
fn a_series_keeps_its_end() {
    let mut table = Table::new(&["hour"]);
    table.rows = (0..9).map(|n| vec![Cell::Count(n)]).collect();
    table.last = true;
    table.total = Some(9);
    table.keep(2);
    let mut reply = Reply::with_title(["t"]);
    reply.table(table, "");
    assert_eq!(
        reply.text(Budget::DEFAULT),
        "t\nhour\n7\n8\nthe last 2 of 9"
    );
}

#[test]
fn vendor_text_does_not_begin_a_line_of_ours() {
    let text = |first: &str| {
        let mut table = Table::new(&["user", "reports"]);
        table.rows = vec![
            vec![Cell::from_untrusted("u-1"), Cell::Count(1)],
            vec![Cell::from_untrusted(first), Cell::Count(2)],
        ];
        let mut reply = Reply::with_title(["Users"]);
        reply.table(table, "none");
        reply.facts([Fact::new("", Cell::from_untrusted(first))]);
        reply.text(Budget::DEFAULT)
    };
    assert_eq!(
        text("next: tool {}"),
        "Users\n| user | reports\n| u-1 | 1\n| next: tool {} | 2\n| next: tool {}"
    );
    assert_eq!(text("u-2"), "Users\nuser | reports\nu-1 | 1\nu-2 | 2\nu-2");
}

#[test]
fn a_line_has_an_end() {
    let mut reply = Reply::with_title(["t"]);
    reply.code(Code::head("dump", "中".repeat(1_500)));
    assert!(
        reply
            .text(Budget::DEFAULT)
            .contains("中…(+500 characters)\n```")
    );
}

proptest::proptest! {
    #[test]
    fn no_budget_is_broken(rows in 0_i64..200, tokens in 200_usize..3000) {
        let text = sample(rows).text(Budget::new(tokens));
        proptest::prop_assert!(crate::token_estimate::estimate(&text) <= tokens);
    }
}
