"""Runs the shell blocks of the documents, each document in an empty home with the services simulated.

    commands.py BINARY DIST NODE TOOLS

A block runs as it is printed, by bash, and must succeed. Programs that need a public repository, an engine, a cluster or
root are stand-ins (tests/docs/bin). Other blocks are parsed: TOML, JSON.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path += [str(ROOT / "tests/clients"), str(ROOT / "tests/packaging")]
import registry
import report

BINARY, DIST, NODE, TOOLS = (Path(argument).resolve() for argument in sys.argv[1:])
DOCUMENTS = ["README.md", "README.zh-CN.md", "AGENTS.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))]
LANGUAGES = {"sh", "powershell", "toml", "json", "nginx", "text", "yaml"}
SECONDS = 240
# What a block prints: each line matches. By document and number of the block.
EXPECTED = {
    ("docs/scripts.md", 1): r'"\d{4}-\d\d-\d\d",\d+,0\.\d+',
    ("docs/scripts.md", 2): r"[0-9A-F]{32} \d+ devices  .+",
    ("docs/scripts.md", 3): r"true|false",
    ("docs/scripts.md", 4): r"[0-9A-F]{32}\t\d+\t.+",
    ("docs/scripts.md", 5): r"\S+ since \d{4}-\d\d-\d\d",
}
# Programs that begin a command; a block that has one is a shell block and says so.
PROGRAMS = re.compile(r"^(\$ )?(crashsight-mcp|cargo|npx|npm|uvx|uv|pip|brew|docker|helm|kubectl|curl|claude|gemini|sudo) ", re.MULTILINE)


def blocks(document):
    """The fenced blocks of a document: language, text."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / document).read_text("utf-8"), re.DOTALL | re.MULTILINE)


def simulated():
    """A simulator without limits: its process and the environment that it prints."""
    process = subprocess.Popen([BINARY, "simulate", "--quota", "off"], stdout=subprocess.PIPE, text=True)
    environment = {}
    for line in process.stdout:
        if match := re.match(r"export (\w+)='(.*)'", line):
            environment[match[1]] = match[2]
        # The last line of the block.
        if line.startswith("export AGORA_APP_ID"):
            break
    return process, environment


def prepared(folder, environment):
    """The files that the documents take for granted, in a working folder and in the home beside it."""
    work, home = folder / "work", folder / "home"
    shutil.copytree(ROOT / "packaging", work / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    (home / ".config").mkdir(parents=True)
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copy(ROOT / name, work)
    subprocess.run(["git", "init", "--quiet"], cwd=work, check=True)
    (home / ".gemini").mkdir()
    (home / ".gemini/trustedFolders.json").write_text(json.dumps({str(ROOT / "target/gemini-extension"): "TRUST_FOLDER"}))
    (work / "tests/it").mkdir(parents=True)
    (work / "tests/it/main.rs").touch()
    shutil.copy(BINARY, work / "crashsight-mcp")
    shapes = ROOT / "crates/crash-digest/tests/shapes"
    texts = sorted((shapes / "android").rglob("*.txt")) or sorted(shapes.rglob("*.txt"))
    for name, text in zip(("crash.txt", "monday.txt", "tuesday.txt"), (texts[0], texts[0], texts[1])):
        shutil.copy(text, work / name)
    (work / "crashsight.key").write_text(environment["CRASHSIGHT_API_KEY"])
    (work / "crashsight.key").chmod(0o600)
    app, platform = environment["CRASHSIGHT_PROJECT"].split("@")
    (work / "config.toml").write_text(
        f'[accounts.cn]\nprovider = "crashsight"\nsite = "{environment["CRASHSIGHT_SITE"]}"\n'
        f'user_id = "{environment["CRASHSIGHT_USER_ID"]}"\napi_key_file = "crashsight.key"\n'
        f'[projects.starfall-android]\ncrashsight = {{ account = "cn", app = "{app}", platform = "{platform}" }}\n')
    (work / "tokens.toml").write_text('[tokens.first]\ntoken = "a-token-of-the-documents"\n')
    (work / "tokens.toml").chmod(0o600)
    (work / "redis.key").write_text("a password")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=mcp.example.com", "-keyout", work / "key.pem", "-out", work / "chain.pem"],
                   check=True, capture_output=True)
    for name in ("crashsight.key", "tokens.toml"):
        shutil.copy(work / name, home)
    archive = work / "crashsight-mcp-x86_64-unknown-linux-musl.tar.gz"
    archive.write_bytes(b"downloaded")
    digest = subprocess.run(["sha256sum", archive.name], cwd=work, check=True, capture_output=True, text=True).stdout
    (work / "SHA256SUMS").write_text(digest)
    return work, home


def variables(home, simulator):
    path = [HERE / "bin", Path(sys.executable).parent, TOOLS, NODE, "/usr/local/bin", "/usr/bin", "/bin"]
    return {
        **simulator,
        "HOME": str(home), "PATH": os.pathsep.join(str(folder) for folder in path), "LANG": "C.UTF-8",
        "BINARY": str(BINARY), "DIST": str(DIST), "NODE": str(NODE), "TOOLS": str(TOOLS),
        "TOKEN": "a-token-of-the-documents",
        "CRASHSIGHT_MCP_DOWNLOADS": f"file://{DIST}", "CRASHSIGHT_MCP_TARGET": target(),
        "npm_config_registry": NPM, "npm_config_prefix": str(home / ".npm-global"),
        "UV_OFFLINE": "1", "UV_TOOL_BIN_DIR": str(home / ".uv-bin"), "UV_FIND_LINKS": str(DIST / "pypi"), "UV_PYTHON": sys.executable,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", **published(),
    }


def target():
    return next(path.name for path in DIST.glob(f"crashsight-mcp-{os.uname().machine}-unknown-linux-*.tar.gz")) \
        .removeprefix("crashsight-mcp-").removesuffix(".tar.gz")


def published():
    """Git finds the repository's public address in this folder."""
    address = re.search(r'^repository = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
    owner = address.removeprefix("https://github.com/")
    return {"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": f"url.file://{PUBLIC}.insteadOf", "GIT_CONFIG_VALUE_0": f"https://github.com/{owner}.git",
            "GIT_CONFIG_KEY_1": f"url.file://{PUBLIC}.insteadOf", "GIT_CONFIG_VALUE_1": f"git@github.com:{owner}.git"}


def shell(script, folder, environment):
    """Runs a script by bash; what it started ends with it."""
    command = ["bash", "-euo", "pipefail", "-c", script]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output = process.communicate()[0] + f"not done after {SECONDS} s"
    return subprocess.CompletedProcess(command, process.returncode, output)


def run(document):
    """Runs a document's blocks, one after another, in one folder and with the variables that they set."""
    simulator, environment = simulated()
    folder = Path(tempfile.mkdtemp(prefix="crashsight-docs-"))
    try:
        work, home = prepared(folder, environment)
        number = 0
        for language, text in blocks(document):
            assert not language or language in LANGUAGES, f"unknown language {language}"
            assert language == "sh" or not PROGRAMS.search(text) or language == "powershell", f"commands without `sh`:\n{text}"
            if language == "toml":
                tomllib.loads(text)
            elif language == "json":
                json.loads(text)
            elif language == "sh":
                number += 1
                # A variable that a block sets is there in the next.
                script = f'[ -f "$HOME/.state" ] && . "$HOME/.state"\ncd "$PWD_OF_DOCUMENT"\n{text}\ndeclare -p TOKEN > "$HOME/.state"\n'
                done = shell(script, work, variables(home, environment) | {"PWD_OF_DOCUMENT": str(work)})
                assert done.returncode == 0, f"exit code {done.returncode}\n{text}\n{done.stdout}"
                if expected := EXPECTED.get((document, number)):
                    lines = done.stdout.splitlines()
                    assert lines and all(re.fullmatch(expected, line) for line in lines), f"{text}\n{done.stdout}"
        return number
    finally:
        simulator.send_signal(signal.SIGTERM)
        simulator.wait()
        shutil.rmtree(folder, ignore_errors=True)


def case(document):
    async def passes():
        print(f"{document}: {await asyncio.to_thread(run, document)} blocks")

    return document, passes


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as public:
        PUBLIC = Path(public, "crashsight-mcp")
        # The plugin is part of the repository; the rest of it is not needed to install it.
        shutil.copytree(DIST / "claude-plugin", PUBLIC)
        for command in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"],
                        ["-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=plugin"]):
            subprocess.run(["git", *command], cwd=PUBLIC, check=True)
        NPM = registry.serve(DIST / "npm")
        assert any(blocks(document) for document in DOCUMENTS)
        report.run([("documents", [case(document) for document in DOCUMENTS])])
