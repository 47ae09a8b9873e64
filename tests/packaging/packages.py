"""Installs every package of dist/ as its users do, with their programs, and asks the installed server something.

    packages.py DIST NODE TOOLS      NODE has node_modules, TOOLS the programs of packaging/requirements.txt
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "clients"))
import registry
import report

ROOT = Path(__file__).parents[2]
DIST, NODE, TOOLS = (Path(argument).resolve() for argument in sys.argv[1:])
ANSWER = "Top crash issues · starfall-android"
QUESTION = ["call", "crashsight_list_top_issues", "limit=1", "--demo"]
INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize",
              "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}


class User:
    """Somebody with an empty home, and no Rust: only the system's programs and those named."""

    def __init__(self, *programs, **variables):
        self.folder = Path(tempfile.mkdtemp(prefix="crashsight-packaging-"))
        self.home = self.folder / "home"
        self.home.mkdir()
        path = os.pathsep.join([*(str(program) for program in programs), "/usr/local/bin", "/usr/bin", "/bin"])
        self.environment = {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", **variables}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command, fails=False, **options):
        """Runs a command and returns what it printed, standard error too."""
        options = {"cwd": self.folder, "env": self.environment, "stdin": subprocess.DEVNULL, **options}
        done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=240, **options)
        assert (done.returncode != 0) == fails, f"{command}: exit code {done.returncode}\n{done.stdout}"
        return done.stdout


def answers(program, *arguments, environment=None):
    """Whether a program is the server: it answers `initialize` on standard input."""
    done = subprocess.run([program, *arguments], input=json.dumps(INITIALIZE) + "\n", capture_output=True, text=True,
                          timeout=120, env=environment)
    reply = json.loads(done.stdout.splitlines()[0])
    assert reply["result"]["serverInfo"]["name"], done


def version():
    return json.loads((DIST / "server.json").read_text())["version"]


def triple():
    """The target of this system in dist/."""
    machine = os.uname().machine
    found = [re.fullmatch(rf"crashsight-mcp-({machine}-unknown-linux-\w+)\.tar\.gz", path.name) for path in DIST.iterdir()]
    return next(match[1] for match in sorted(found, key=str) if match)


def checksums():
    for line in (DIST / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        file = next(path for path in (DIST / name, DIST / "gemini" / name) if path.is_file())
        assert hashlib.sha256(file.read_bytes()).hexdigest() == digest, name


def installer():
    """One command, from nothing to an answer of the demo, in less than ten seconds."""
    with User(CRASHSIGHT_MCP_DOWNLOADS=f"file://{DIST}", CRASHSIGHT_MCP_TARGET=triple()) as user:
        began = time.monotonic()
        printed = user.run("sh", "-c", f"sh {DIST}/install.sh && ~/.local/bin/crashsight-mcp demo")
        seconds = time.monotonic() - began
        assert ANSWER in printed and "not on your PATH yet" in printed, printed
        assert seconds < 10, seconds
        print(f"from the archive to an answer of the demo: {seconds:.2f} s")
        # Again, over the one that is there.
        assert "installed: " in user.run("sh", DIST / "install.sh")


def damaged():
    with User() as user:
        downloads = user.folder / "downloads"
        downloads.mkdir()
        archive = f"crashsight-mcp-{triple()}.tar.gz"
        shutil.copy(DIST / "SHA256SUMS", downloads)
        (downloads / archive).write_bytes((DIST / archive).read_bytes()[:-1])
        user.environment |= {"CRASHSIGHT_MCP_DOWNLOADS": f"file://{downloads}", "CRASHSIGHT_MCP_TARGET": triple()}
        printed = user.run("sh", DIST / "install.sh", fails=True)
        assert "is damaged: its checksum is another" in printed, printed
        assert not (user.home / ".local/bin/crashsight-mcp").exists()
        user.environment["CRASHSIGHT_MCP_TARGET"] = "sparc-unknown-linux-gnu"
        assert "cannot download" in user.run("sh", DIST / "install.sh", fails=True)


def same_again():
    """Packaging the same binary again gives the same archive, byte for byte."""
    sys.path.append(str(ROOT / "packaging"))
    from pieces import archives, targets

    with User() as user:
        path = DIST / f"crashsight-mcp-{triple()}.tar.gz"
        with tarfile.open(path) as archive:
            files = {member.name: archive.extractfile(member).read() for member in archive}
        again = user.folder / path.name
        archives.tar_gz(again, files, {targets.named(triple()).program})
        assert again.read_bytes() == path.read_bytes()


def npx():
    with User(npm_config_registry=registry.serve(DIST / "npm")) as user:
        assert ANSWER in user.run("npx", "-y", "crashsight-mcp", *QUESTION)
        answers("npx", "-y", f"crashsight-mcp@{version()}", "serve", "--demo", environment=user.environment)


def npm_install():
    with User(npm_config_registry=registry.serve(DIST / "npm")) as user:
        main = next((DIST / "npm").glob("crashsight-mcp-[0-9]*.tgz"))
        user.run("npm", "install", "--global", "--prefix", user.home, main)
        assert ANSWER in user.run(user.home / "bin/crashsight-mcp", *QUESTION)
        assert "usage error" in user.run("sh", "-c", "~/bin/crashsight-mcp call nothing; [ $? = 2 ] && echo usage error")
        shutil.rmtree(next(user.home.rglob("node_modules/crashsight-mcp-linux-*")))
        printed = user.run(user.home / "bin/crashsight-mcp", "--version", fails=True)
        assert "there is no binary for" in printed and "--omit=optional" in printed, printed


def uvx():
    with User(TOOLS, UV_OFFLINE="1", UV_FIND_LINKS=str(DIST / "pypi"), UV_PYTHON=sys.executable) as user:
        assert ANSWER in user.run("uvx", "crashsight-mcp", *QUESTION)


def pip():
    with User() as user:
        user.run(sys.executable, "-m", "venv", user.home / "venv")
        user.run(user.home / "venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-index",
                 "--find-links", DIST / "pypi", "crashsight-mcp")
        assert ANSWER in user.run(user.home / "venv/bin/crashsight-mcp", *QUESTION)
        wheels = list((DIST / "pypi").glob("*.whl"))
        assert "PASSED" in user.run(TOOLS / "twine", "check", "--strict", *wheels)


def bundle():
    with User(NODE / "node_modules/.bin") as user:
        file = DIST / "crashsight-mcp.mcpb"
        unpacked = user.folder / "unpacked"
        user.run("mcpb", "unpack", file, unpacked)
        assert "validation passes" in user.run("mcpb", "validate", unpacked / "manifest.json")
        manifest = json.loads((unpacked / "manifest.json").read_text())
        config = manifest["server"]["mcp_config"] | manifest["server"]["mcp_config"]["platform_overrides"]["linux"]
        program = config["command"].replace("${__dirname}", str(unpacked))
        # What the client would fill in: the defaults, and what the user wrote.
        values = {"user_id": "12453", "api_key": "a-key-of-the-test"}
        given = {f"${{user_config.{key}}}": values.get(key, setting.get("default")) for key, setting in manifest["user_config"].items()}
        environment = {name: given[value] for name, value in config["env"].items()}
        assert manifest["user_config"]["api_key"]["sensitive"] is True
        answers(program, *config["args"], environment=user.environment | environment)


def server_json():
    with User() as user:
        shutil.copy(DIST / "server.json", user.folder)
        printed = user.run(TOOLS / "skillsaw", "lint", ".")
        assert "mcp-registry" in printed and "All checks passed" in printed, printed
        server = json.loads((DIST / "server.json").read_text())
        kinds = {package["registryType"]: package for package in server["packages"]}
        assert set(kinds) == {"npm", "pypi", "mcpb", "oci"}
        assert f"<!-- mcp-name: {server['name']} -->" in (ROOT / "README.md").read_text()
        for wheel in (DIST / "pypi").glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                metadata = next(name for name in archive.namelist() if name.endswith("/METADATA"))
                assert f"mcp-name: {server['name']}" in archive.read(metadata).decode()


def claude_plugin():
    variables = {"npm_config_registry": registry.serve(DIST / "npm"), "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    with User(NODE / "node_modules/.bin", **variables) as user:
        assert "Validation passed" in user.run("claude", "plugin", "validate", DIST / "claude-plugin")
        assert "Validation passed" in user.run("claude", "plugin", "validate", DIST / "claude-plugin/.claude-plugin/plugin.json")
        user.run("claude", "plugin", "marketplace", "add", DIST / "claude-plugin")
        user.run("claude", "plugin", "install", "crashsight-mcp@crashsight-mcp")
        assert "✔ enabled" in user.run("claude", "plugin", "list")
        printed = user.run("claude", "mcp", "list")
        assert re.search(r"plugin:crashsight-mcp:crashsight: npx .* serve - ✔ Connected", printed), printed


def gemini_extension():
    with User(NODE / "node_modules/.bin") as user:
        extension = user.folder / "crashsight-mcp"
        with tarfile.open(DIST / f"gemini/linux.{'x64' if os.uname().machine == 'x86_64' else 'arm64'}.crashsight-mcp.tar.gz") as archive:
            archive.extractall(extension, filter="data")
        trusted = user.home / ".gemini/trustedFolders.json"
        trusted.parent.mkdir()
        trusted.write_text(json.dumps({str(user.folder): "TRUST_FOLDER"}))
        assert "successfully validated" in user.run("gemini", "extensions", "validate", extension)
        user.run("gemini", "extensions", "install", extension, "--consent", "--skip-settings")
        assert "crashsight-mcp" in user.run("gemini", "extensions", "list")
        printed = user.run("gemini", "mcp", "list")
        assert re.search(r"✓ crashsight .*serve \(stdio\) - Connected", printed), printed


def formula():
    text = (DIST / "crashsight-mcp.rb").read_text()
    for address, digest in re.findall(r'url "([^"]+)"\n\s+sha256 "([0-9a-f]{64})"', text):
        file = DIST / address.rsplit("/", 1)[1]
        assert f"{digest}  {file.name}\n" in (DIST / "SHA256SUMS").read_text(), address
    if shutil.which("ruby"):
        subprocess.run(["ruby", "-c", DIST / "crashsight-mcp.rb"], check=True, stdout=subprocess.DEVNULL)


def case(function):
    async def run():
        await asyncio.to_thread(function)

    return function.__name__.replace("_", " "), run


if __name__ == "__main__":
    cases = [checksums, installer, damaged, same_again, npx, npm_install, uvx, pip, bundle, server_json, claude_plugin, gemini_extension, formula]
    report.run([("packages", [case(function) for function in cases])])
