"""Assistants' own command lines read what `install` wrote for them, and start the server from it.

    assistants.py path/to/crashsight-mcp path/to/folder/with/node_modules
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import report

SECONDS = 240
NAME = "crashsight-demo"
# The package of each, what it is asked, and what it says of a server that it knows and may start. Codex
# starts none to list them.
ASSISTANTS = {
    "claude-code": ("@anthropic-ai/claude-code", ["claude", "mcp", "list"], rf"{NAME}: .* serve --demo - ✔ Connected"),
    "codex": ("@openai/codex", ["codex", "mcp", "get", NAME], r"enabled: true\n  transport: stdio\n  command: .*\n  args: serve --demo\n"),
    "gemini": ("@google/gemini-cli", ["gemini", "mcp", "list"], rf"✓ {NAME}: .* serve --demo \(stdio\) - Connected"),
}


def installed(binary, node, client):
    """A new user installs the demo for a client, and asks the client."""
    _, (program, *question), answer = ASSISTANTS[client]
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
        run = {"cwd": work, "env": environment, "capture_output": True, "text": True, "timeout": SECONDS}
        wrote = subprocess.run([binary, "install", "--client", client, "--demo"], **run)
        assert wrote.returncode == 0 and f"wrote `{NAME}` to {home}" in wrote.stdout, wrote
        asked = subprocess.run([program, *question], stdin=subprocess.DEVNULL, **run)
        assert asked.returncode == 0 and re.search(answer, asked.stdout + asked.stderr), asked


def of(binary, node, client):
    async def case():
        await asyncio.to_thread(installed, binary, node, client)

    version = report.npm_version(node, ASSISTANTS[client][0])
    return f"{client} {version}", [("reads its configuration", case)]


if __name__ == "__main__":
    binary, folder = (Path(path).resolve() for path in sys.argv[1:])
    report.run([of(binary, folder, client) for client in ASSISTANTS])
