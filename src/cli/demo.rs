//! `demo`: a conversation a person could have, over the real protocol, with simulated data.
//!
//! The program starts itself as a server with the simulator inside, connects to it as a client would,
//! and prints each call with its reply, its tokens and its time.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, ContentBlock};
use rmcp::service::{RunningService, ServiceExt as _};
use rmcp::transport::TokioChildProcess;
use serde_json::{Map, Value, json};
use tokio::process::Command;

use super::exit::Exit;
use super::options::Options;
use super::output::print_line;

/// What a client shows of itself. It takes no requests.
type Client = RunningService<RoleClient, ()>;

/// The conversation.
struct Talk {
    client: Client,
    calls: usize,
    tokens: usize,
    time: Duration,
}

pub(super) async fn demo(options: &Options) -> anyhow::Result<Exit> {
    let program = crate::config::own_path()?;
    let mut command = Command::new(&program);
    command.args([
        "serve",
        "--demo",
        "--reply-tokens",
        &options.reply_tokens.to_string(),
    ]);
    let started = Instant::now();
    let client =
        ().serve(TokioChildProcess::new(command)?)
            .await
            .context("the server did not start")?;
    let ready = started.elapsed();
    let listed = Instant::now();
    let tools = client.list_all_tools().await?;
    let definitions: usize = tools
        .iter()
        .filter_map(|tool| serde_json::to_string(tool).ok())
        .map(|text| crate::token_estimate::estimate(&text))
        .sum();
    let version = client
        .peer_info()
        .map(|info| info.protocol_version.to_string())
        .unwrap_or_default();
    print_line(&format!(
        "crashsight-mcp serves Starfall, a game that does not exist: simulated crashes of the last 30 days,\n\
         with its calls and pushes.\n\
         connected over stdio in {} ms, MCP {version}; {} tools listed in {} ms, about {definitions} tokens",
        milliseconds(ready),
        tools.len(),
        milliseconds(listed.elapsed()),
    ));
    let mut talk = Talk {
        client,
        calls: 0,
        tokens: 0,
        time: Duration::ZERO,
    };
    talk.converse().await?;
    print_line(&format!(
        "\n{} calls, about {} tokens of replies, {} ms in all",
        talk.calls,
        talk.tokens,
        milliseconds(talk.time)
    ));
    talk.client.cancel().await?;
    print_line(&configuration(&program.display().to_string()));
    Ok(Exit::Success)
}

impl Talk {
    /// What people ask first.
    async fn converse(&mut self) -> anyhow::Result<()> {
        let top = self
            .ask(
                "What are today's top crashes?",
                "crashsight_list_top_issues",
                json!({"limit": 5}),
            )
            .await?;
        self.ask(
            "Is it getting worse?",
            "crashsight_get_daily_trend",
            json!({"window": "7d"}),
        )
        .await?;
        let issue = argument(&top, "issue").context("the demo data has an issue today")?;
        self.ask(
            "Tell me about the first one.",
            "crashsight_get_issue",
            json!({"issue": issue}),
        )
        .await?;
        let last = self
            .ask(
                "Show me its stack.",
                "crashsight_get_last_crash",
                json!({"issue": issue}),
            )
            .await?;
        let crash = argument(&last, "crash").context("the issue has a crash")?;
        self.ask(
            "What else is known of that crash?",
            "crashsight_get_crash",
            json!({"crash": crash}),
        )
        .await?;
        self.ask(
            "And its logs?",
            "crashsight_get_crash_logs",
            json!({"crash": crash}),
        )
        .await?;
        self.ask(
            "Who is affected?",
            "crashsight_list_issue_devices",
            json!({"issue": issue, "window": "today", "limit": 5}),
        )
        .await?;
        self.ask(
            "It began with this morning's push: whom did that reach?",
            "getui_get_push_report",
            json!({"tasks": crashsight_simulator::LAUNCH_TASK}),
        )
        .await?;
        self.ask(
            "And do calls suffer too?",
            "agora_get_live_experience",
            json!({}),
        )
        .await?;
        Ok(())
    }

    async fn ask(
        &mut self,
        question: &str,
        tool: &str,
        arguments: Value,
    ) -> anyhow::Result<String> {
        print_line(&format!("\n── {question}\n→ {tool} {arguments}"));
        let Value::Object(arguments) = arguments else {
            anyhow::bail!("arguments are an object");
        };
        let started = Instant::now();
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self.client.call_tool(params).await?;
        let elapsed = started.elapsed();
        let text: Vec<String> = result
            .content
            .iter()
            .filter_map(|block| match block {
                ContentBlock::Text(text) => Some(text.text.clone()),
                _ => None,
            })
            .collect();
        let text = text.join("\n");
        let tokens = crate::token_estimate::estimate(&text);
        print_line(&format!(
            "{text}\n← about {tokens} tokens, {} ms",
            milliseconds(elapsed)
        ));
        self.calls += 1;
        self.tokens += tokens;
        self.time += elapsed;
        Ok(text)
    }
}

/// An argument that the reply's `next:` lines suggest: the demo follows them as an assistant would.
fn argument(reply: &str, name: &str) -> Option<String> {
    reply
        .lines()
        .filter(|line| line.starts_with("next: ") || line.starts_with("  or: "))
        .filter_map(|line| line.split_once('{'))
        .filter_map(|(_, rest)| {
            serde_json::from_str::<Map<String, Value>>(&format!("{{{rest}")).ok()
        })
        .find_map(|arguments| arguments.get(name)?.as_str().map(str::to_owned))
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

fn configuration(program: &str) -> String {
    let demo = json!({"mcpServers": {"crashsight-demo": {"command": program, "args": ["serve", "--demo"]}}});
    let real = json!({"mcpServers": {"crashsight": {
        "command": program,
        "env": {
            "CRASHSIGHT_USER_ID": "your user id",
            "CRASHSIGHT_API_KEY_FILE": "a file with your OpenAPI key",
            "CRASHSIGHT_PROJECT": "appId@android",
        },
    }}});
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    format!(
        "\nPaste this into a client to try it there:\n{}\n\nand this for your own crashes:\n{}",
        pretty(&demo),
        pretty(&real)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_lines_are_followed() {
        let reply =
            "Top\nnext: crashsight_get_issue {\"issue\":\"A0\"}\n  or: x {\"crash\":\"B1\"}";
        assert_eq!(argument(reply, "issue").as_deref(), Some("A0"));
        assert_eq!(argument(reply, "crash").as_deref(), Some("B1"));
        assert_eq!(argument("{\"issue\":\"vendor text\"}", "issue"), None);
    }
}
