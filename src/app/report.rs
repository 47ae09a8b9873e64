//! The page with its data inside: one file to attach or to open from disk.

use serde_json::{Value, json};

use super::page::page;
use crate::secret;

/// The page with the data of answers inside, drawn one below the other; `locale` as `en` or `zh-CN`, the browser's
/// where absent.
///
/// The file carries its own content security policy: only the page's own script runs, and no request leaves.
pub fn html(answers: &[Value], locale: Option<&str>) -> String {
    let data = json!({"locale": locale, "answers": answers}).to_string();
    // Nothing in the data can end the element that holds it.
    let data = data
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    let policy = policy(own_script(page()));
    let page = page().replacen(
        "<head>",
        &format!(
            "<head>\n    <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\" />"
        ),
        1,
    );
    page.replacen(
        "<main id=\"app\">",
        &format!("<script type=\"application/json\" id=\"report-data\">{data}</script>\n    <main id=\"app\">"),
        1,
    )
}

/// The text of the page's only script.
fn own_script(page: &str) -> &str {
    let after = page.split_once("<script").map_or("", |(_, rest)| rest);
    let text = after.split_once('>').map_or("", |(_, rest)| rest);
    text.split_once("</script>")
        .map_or("", |(script, _)| script)
}

fn policy(script: &str) -> String {
    let hash = secret::sha256_base64(script);
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_data_ends_its_element() {
        let hostile = "</script><script>alert(1)</script><!--<script>";
        let answer = json!({"tool": "crashsight_get_issue", "answer": {"message": hostile}});
        let page = html(&[answer], Some("zh-CN"));
        // The page's own, and the data's.
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(page.contains("'sha256-") && page.contains(r#""locale":"zh-CN""#));
        let (_, after) = page.split_once("id=\"report-data\">").unwrap();
        let (data, _) = after.split_once("</script>").unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["answers"][0]["answer"]["message"], hostile);
    }
}
