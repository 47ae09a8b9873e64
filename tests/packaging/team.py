"""The team servers of packaging/ without an engine: the command lines of the Compose file, the chart and the systemd unit,
started with a real Redis server, and behind a real Caddy with its Caddyfile.

    team.py BINARY TOOLS      TOOLS has helm and caddy; redis-server is the system's
"""

import asyncio
import json
import re
import secrets
import shlex
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests/clients"))
import report

BINARY, TOOLS = (Path(argument).resolve() for argument in sys.argv[1:])
HOST = "mcp.example.com"
TOKEN = secrets.token_hex(16)
PASSWORD = secrets.token_hex(16)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def started(command, ready, **options):
    """A program that is ended with the block; gives the match of the line that shows that it is ready."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if match := re.search(ready, line):
                break
        else:
            raise AssertionError(f"{command} ended:\n{''.join(lines)}")
        yield match
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def world():
    """A simulator, a Redis server, and the files with the secrets: environment, port of Redis, folder."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        site = stack.enter_context(started([BINARY, "simulate", "--quota", "off"], r"^export CRASHSIGHT_SITE='(.*)'"))[1]
        port = free_port()
        stack.enter_context(started(["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD],
                                    "Ready to accept connections", cwd=folder))
        key = "00000000-demo-demo-demo-000000000000"
        for name, text in {"tokens.toml": f'[tokens.test]\ntoken = "{TOKEN}"\n', "api-key": key, "crashsight.key": key, "password": PASSWORD,
                           "config.toml": f'[accounts.cn]\nprovider = "crashsight"\nsite = "{site}"\nuser_id = "10001"\napi_key_file = "crashsight.key"\n'
                                          '[projects.starfall-android]\ncrashsight = { account = "cn", app = "57a2fa1101", platform = "android" }\n'}.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o600)
        yield site, port, folder


def replaced(arguments, port, folder):
    """A command line with the addresses and folders of this machine."""
    places = {
        "0.0.0.0:8800": "127.0.0.1:0", "127.0.0.1:8800": "127.0.0.1:0", "redis://redis:6379": f"redis://127.0.0.1:{port}",
        "redis://redis-master:6379": f"redis://127.0.0.1:{port}", "/run/secrets/tokens": f"{folder}/tokens.toml",
        "/run/secrets/crashsight": f"{folder}/crashsight.key", "/run/secrets/redis": f"{folder}/password",
        "/etc/crashsight-mcp-store": str(folder), "/etc/crashsight-mcp": str(folder), "${CREDENTIALS_DIRECTORY}": str(folder),
    }
    for place, here in places.items():
        arguments = [argument.replace(place, here) for argument in arguments]
    return arguments


def environment(given, site, folder, port):
    """The container's own variables, with values for those that it takes from outside, and nothing else."""
    outside = {"CRASHSIGHT_USER_ID": "10001", "CRASHSIGHT_PROJECT": "57a2fa1101@android", "CRASHSIGHT_SITE": site, "HOST": HOST}

    def value_of(match):
        # `${NAME:?reason}` is required; `${NAME:-default}` is not.
        name, operator, default = match.groups()
        return outside[name] if operator == "?" else outside.get(name, default)

    filled = {name: re.sub(r"\$\{(\w+):([?-])([^}]*)\}", value_of, str(value)) for name, value in given.items()}
    return dict(zip(filled, replaced(list(filled.values()), port, folder)))


def serve(stack, arguments, variables):
    """Starts a server and returns its address."""
    return stack.enter_context(started([BINARY, *arguments], r"serving (http://127\.0\.0\.1:\d+)/mcp", env=variables))[1]


def ask(address, path="/mcp", token=TOKEN, host=HOST):
    """The status and text of a call of a tool, or of another path."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "crashsight_list_top_issues", "arguments": {"limit": 1}}}
    headers = {"Host": host, "Content-Type": "application/json", "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(address + path, json.dumps(call).encode() if path == "/mcp" else None, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def answers(address):
    status, text = ask(address)
    assert status == 200 and "Top crash issues" in text, (status, text)
    assert ask(address, token="")[0] == 401


def proxy(stack, folder, addresses):
    """Caddy with the Caddyfile of the Compose file; only names and the certificate are of this machine."""
    port = free_port()
    text = (ROOT / "packaging/docker/team/Caddyfile").read_text()
    upstreams = " ".join(address.removeprefix("http://") for address in addresses)
    text, count = re.subn(r"dynamic a server 8800 \{[^}]*\}", f"to {upstreams}", text)
    assert count == 1, text
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n}\n" + text)
    variables = {"HOST": f"http://{HOST}:{port}", "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    stack.enter_context(started([TOOLS / "caddy", "run", "--config", file, "--adapter", "caddyfile"], "serving initial configuration", env=variables))
    return f"http://127.0.0.1:{port}"


def compose():
    service = yaml.safe_load((ROOT / "packaging/docker/compose.yaml").read_text())["services"]["server"]
    with world() as (site, port, folder), ExitStack() as stack:
        variables = environment(service["environment"], site, folder, port)
        arguments = replaced([re.sub(r"\$\{HOST:[^}]*\}", HOST, argument) for argument in service["command"]], port, folder)
        replicas = [serve(stack, arguments, variables) for _ in range(service["deploy"]["replicas"])]
        public = proxy(stack, folder, replicas)
        for _ in range(4):
            answers(public)
        for path in ("/metrics", "/readyz", "/healthz"):
            assert ask(public, path)[0] == 404, path
        for replica in replicas:
            assert ask(replica, "/readyz", host="10.0.0.1:8800")[0] == 200
            status, metrics = ask(replica, "/metrics")
            assert status == 200 and re.search(r"^store_up\S* 1$|^\w*store_up\S* 1$", metrics, re.MULTILINE), metrics


def chart():
    rendered = subprocess.run([TOOLS / "helm", "template", "crashsight-mcp", ROOT / "packaging/helm/crashsight-mcp", "--set-string", "crashsight.userId=10001",
                               "--set", f"host={HOST},serviceMonitor.enabled=true,store.passwordSecret=redis"],
                              check=True, capture_output=True, text=True).stdout
    deployment = next(part for part in yaml.safe_load_all(rendered) if part["kind"] == "Deployment")
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    with world() as (site, port, folder), ExitStack() as stack:
        given = {entry["name"]: entry.get("value", "10.0.0.1") for entry in container["env"]}
        given |= {"CRASHSIGHT_SITE": site, "CRASHSIGHT_PROJECT": "57a2fa1101@android"}
        arguments = [argument.replace("$(POD_IP)", given["POD_IP"]) for argument in container["args"]]
        address = serve(stack, replaced(arguments, port, folder), environment(given, site, folder, port))
        answers(address)
        for probe in ("livenessProbe", "readinessProbe"):
            assert ask(address, container[probe]["httpGet"]["path"], token="", host="10.0.0.1:8800")[0] == 200
        # Prometheus asks the pod by its address, with a token.
        assert ask(address, "/metrics", host="10.0.0.1:8800")[0] == 200
        assert ask(address, "/metrics", host="10.0.0.1:8800", token="")[0] == 401


def unit():
    text = (ROOT / "packaging/systemd/crashsight-mcp.service").read_text()
    _, *arguments = shlex.split(re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)[1])
    with world() as (_, port, folder), ExitStack() as stack:
        address = serve(stack, replaced(arguments, port, folder), {"HOME": str(folder)})
        answers_on_loopback = ask(address, host=address.removeprefix("http://"))
        assert answers_on_loopback[0] == 200, answers_on_loopback


def case(function):
    async def run():
        await asyncio.to_thread(function)

    return function.__name__, run


if __name__ == "__main__":
    report.run([("team servers", [case(function) for function in (compose, chart, unit)])])
