"""The binary under test, with simulated data: over HTTP with its counters, over stdio with its log."""

import asyncio
import json
import re
import subprocess
import tempfile
import time
import urllib.request
from contextlib import asynccontextmanager
from pathlib import Path

# As a service answers.
PROMPT = ["--sim-latency", "100"]
# Longer than any case waits: a call of a slow server ends only by being cancelled.
SLOW = ["--sim-latency", "50000"]
# What hangs is ended, what is only slow is waited for; shorter than a slow server takes to answer.
WAIT_SECONDS = 45


async def until(what, holds):
    """Waits until `holds()` is true of a server, for a bounded time."""
    end = time.monotonic() + WAIT_SECONDS
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < end, f"not within {WAIT_SECONDS} s: {what}"
        await asyncio.sleep(0.02)


def definitions(binary):
    """The tools that the demo offers: name and input schema."""
    listed = subprocess.run([binary, "tools", "--demo", "--json"], capture_output=True, check=True, timeout=WAIT_SECONDS)
    return {tool["name"]: tool["inputSchema"] for tool in json.loads(listed.stdout)}


class Http:
    """A server on a port of its own; `/metrics` tells what became of a call."""

    def __init__(self, base):
        self.base = base

    def address(self, path):
        return f"{self.base}{path}"

    def _counter(self, row):
        with urllib.request.urlopen(self.address("/metrics"), timeout=WAIT_SECONDS) as page:
            rows = dict(line.rpartition(" ")[::2] for line in page.read().decode().splitlines())
        return int(rows.get(f"crashsight_mcp_{row}", 0))

    async def working(self, _tool):
        """Until a request of the first call was sent to the service."""
        left = 'budget_left{account="demo",provider="crashsight"}'
        await until("a call is under way", lambda: self._counter(left) == 24)

    def cancellations(self, tool):
        return self._counter(f'tool_calls_total{{tool="{tool}",outcome="cancelled"}}')

    async def cancelled(self, tool):
        await until("the server counts a cancelled call", lambda: self.cancellations(tool) == 1)

    async def left(self, tool):
        """After its client went away: nothing runs on."""
        await self.cancelled(tool)


@asynccontextmanager
async def http(binary, options=(), quiet=True):
    """Starts a server, ends it, and sees that it ended well and, if `quiet`, without a word."""
    command = [binary, "serve", "--demo", "--http", "127.0.0.1:0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        first = await asyncio.wait_for(asyncio.to_thread(process.stderr.readline), timeout=WAIT_SECONDS)
        yield Http(re.search(r"http://[^/\s]+", first).group(0))
        process.terminate()
        _, rest = await asyncio.to_thread(process.communicate, timeout=WAIT_SECONDS)
        assert process.returncode == 0, f"exit code {process.returncode}: {rest}"
        assert not quiet or not rest, f"on stderr: {rest}"
    finally:
        process.kill()
        process.wait()


class Stdio:
    """A server that the client starts itself; its log tells what became of a call."""

    def __init__(self, command, environment, log, errors):
        self.command = command
        self.environment = environment
        self.log = log
        self.errors = errors

    def logged(self, text):
        return text in self.log.read_text()

    async def working(self, tool):
        """Until the call connects to the service."""
        await until("a call is under way", lambda: self.logged(f'call{{tool="{tool}"'))

    async def cancelled(self, _tool):
        # How the handler of a call answers when it was told to stop.
        await until("the server logs a cancelled call", lambda: self.logged('message: "cancelled"'))

    async def left(self, _tool):
        """The process ended by itself. A call that still ran would have outlasted the client's patience, and
        the client would have killed it."""
        await until("the server ends with its input", lambda: self.logged("serve finished"))


@asynccontextmanager
async def stdio(binary, options=(), log_filter=None):
    """What a client needs to start a server. By default that server must say nothing beside the protocol."""
    with tempfile.TemporaryDirectory() as folder, Path(folder, "stderr").open("a") as errors:
        environment = {"CRASHSIGHT_LOG": log_filter} if log_filter else {}
        server = Stdio([binary, "serve", "--demo", *options], environment, Path(errors.name), errors)
        yield server
        said = server.log.read_text()
        assert log_filter or not said, f"on stderr: {said}"
