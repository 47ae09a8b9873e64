"""Assistants' own command lines read what `install` wrote for them: they start the server from it, or reach a team's.

    assistants.py path/to/crashsight-mcp path/to/folder/with/node_modules
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import report
import server

SECONDS = 240
NAME = "crashsight-demo"
TEAM = "crashsight"
TOKEN = "TEAM_TOKEN"
SECRET = "a-token-of-this-test-0123456789ab"
# The package of each, what it is asked about a server, and what it says of one that it may start and of one with a URL.
# Codex connects to none to list them.
ASSISTANTS = {
    "claude-code": (
        "@anthropic-ai/claude-code",
        ["claude", "mcp", "list"],
        rf"{NAME}: .* serve --demo - ✔ Connected",
        rf"{TEAM}: http://.*/mcp \(HTTP\) - ✔ Connected",
    ),
    "codex": (
        "@openai/codex",
        ["codex", "mcp", "get"],
        r"enabled: true\n  transport: stdio\n  command: .*\n  args: serve --demo\n",
        rf"enabled: true\n  transport: streamable_http\n  url: http://.*/mcp\n  bearer_token_env_var: {TOKEN}\n",
    ),
    "gemini": (
        "@google/gemini-cli",
        ["gemini", "mcp", "list"],
        rf"✓ {NAME}: .* serve --demo \(stdio\) - Connected",
        rf"✓ {TEAM}: http://.*/mcp \(http\) - Connected",
    ),
}


@contextmanager
def user_of(node):
    """A new user: what `subprocess.run` needs for a command of theirs, and their home."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        work = Path(folder, "work")
        work.mkdir(parents=True)
        # Gemini starts nothing in a folder that its user has not trusted.
        trusted = Path(home, ".gemini", "trustedFolders.json")
        trusted.parent.mkdir(parents=True)
        trusted.write_text(f'{{"{work}": "TRUST_FOLDER"}}')
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "CODEX_", "GEMINI_", "CLAUDE"))}
        environment = kept | {
            "HOME": str(home),
            "PATH": f"{node}/node_modules/.bin{os.pathsep}{kept['PATH']}",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        }
        yield {"cwd": work, "env": environment, "capture_output": True, "text": True, "timeout": SECONDS}, home


def installs(binary, client, name, options, expected, run, home):
    """The user installs a server for a client, and asks the client about it."""
    wrote = subprocess.run([binary, "install", "--client", client, *options], **run)
    assert wrote.returncode == 0 and f"wrote `{name}` to {home}" in wrote.stdout, wrote
    question = ASSISTANTS[client][1]
    question = [*question, name] if question[-1] == "get" else question
    asked = subprocess.run(question, stdin=subprocess.DEVNULL, **run)
    assert asked.returncode == 0 and re.search(expected, asked.stdout + asked.stderr), asked


def of(binary, node, client):
    package, _, started, reached = ASSISTANTS[client]

    def own():
        with user_of(node) as (run, home):
            installs(binary, client, NAME, ["--demo"], started, run, home)

    def team(base):
        with user_of(node) as (run, home):
            run["env"][TOKEN] = SECRET
            installs(binary, client, TEAM, ["--url", f"{base}/mcp", "--token-env", TOKEN], reached, run, home)
            written = [path for path in home.rglob("*") if path.is_file() and SECRET in path.read_text(errors="ignore")]
            assert not written, f"the token is in {written}"

    async def reads_own():
        await asyncio.to_thread(own)

    async def reaches_team():
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as tokens:
            tokens.write(f'[tokens.team]\ntoken = "{SECRET}"\n')
            tokens.flush()
            async with server.http(binary, ["--tokens", tokens.name]) as site:
                await asyncio.to_thread(team, site.base)

    version = report.npm_version(node, package)
    return f"{client} {version}", [("reads its configuration", reads_own), ("reaches a team's server", reaches_team)]


if __name__ == "__main__":
    binary, folder = (Path(path).resolve() for path in sys.argv[1:])
    report.run([of(binary, folder, client) for client in ASSISTANTS])
