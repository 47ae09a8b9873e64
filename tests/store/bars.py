"""One budget and one memory for all processes with one key, measured: python3 tests/store/bars.py BINARY [RUN…]

The simulator counts with its quota of 25 a minute; a proxy in front of it notes when each request arrived and how it
was answered. Runs last up to three minutes each. Needs redis-server for `replicas` and `outage`; without one they are
skipped.
"""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

BINARY = str(Path(sys.argv[1]).resolve())
DISTINCT = 26
# Those of the running day: an answer is new for a minute.
RUNNING = 17
QUESTIONS = 60
SECONDS = 120


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def questions():
    """Sixty questions as people ask them: many are asked again."""
    issues = [
        ("crashsight_get_daily_trend", {"window": f"{days}d"}) for days in range(2, 12)
    ] + [
        ("crashsight_get_day_stats", {"window": str(date.today() - timedelta(days=days))}) for days in range(8)
    ] + [
        ("crashsight_get_hourly_trend", {"window": window}) for window in ("today", "yesterday", "6h", "12h")
    ] + [
        ("crashsight_get_app_options", {}), ("crashsight_list_versions", {}),
        ("crashsight_search_issues", {"limit": 5}), ("crashsight_search_issues", {"limit": 5, "status": "in_progress"}),
    ]
    distinct = issues[:DISTINCT]
    return [distinct[(number * 7) % len(distinct)] for number in range(QUESTIONS)]


class Upstream:
    """The simulator behind a proxy that counts."""

    async def __aenter__(self):
        port = free_port()
        self.simulator = subprocess.Popen(
            [BINARY, "simulate", "--port", str(port), "--quota", "25"], stdout=subprocess.PIPE, text=True
        )
        self.port, self.settings = port, {}
        for line in self.simulator.stdout:
            if line.startswith("export "):
                name, _, value = line[7:].strip().partition("=")
                self.settings[name] = value.strip("'")
                if name == "AGORA_APP_ID":
                    break
        self.seen = []
        self.proxy = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        own = self.proxy.sockets[0].getsockname()[1]
        for name, value in self.settings.items():
            self.settings[name] = value.replace(f"127.0.0.1:{port}", f"127.0.0.1:{own}")
        return self

    async def __aexit__(self, *_):
        self.proxy.close()
        self.simulator.kill()
        self.simulator.wait()

    async def message(self, reader):
        head = await reader.readuntil(b"\r\n\r\n")
        body = b""
        for line in head.decode("latin1").split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                body = await reader.readexactly(int(value))
            if name.lower() == "transfer-encoding":
                while True:
                    size = await reader.readline()
                    body += size + await reader.readexactly(int(size, 16) + 2)
                    if int(size, 16) == 0:
                        break
        return head, body

    async def serve(self, reader, writer):
        service = None
        try:
            service = await asyncio.open_connection("127.0.0.1", self.port)
            while True:
                head, body = await self.message(reader)
                at = time.monotonic()
                service[1].write(head + body)
                answer, content = await self.message(service[0])
                path = head.split(b" ")[1].split(b"?")[0].decode()
                self.seen.append((at, int(answer.split(b" ")[1]), path, body))
                writer.write(answer + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()
            if service:
                service[1].close()

    def most_in_a_minute(self):
        times = sorted(at for at, *_ in self.seen)
        return max((sum(1 for other in times if at <= other < at + 60) for at in times), default=0)

    def refused(self):
        return sum(1 for _, status, *_ in self.seen if status == 429)

    def writes(self):
        return Counter(body for _, _, path, body in self.seen if path.endswith("addTag"))


def environment(upstream, folder, **more):
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), **upstream.settings}
    own.update({name: str(value) for name, value in more.items()})
    return own


class Process:
    """A server over stdio."""

    async def start(self, env, *arguments):
        self.child = await asyncio.create_subprocess_exec(
            BINARY, "serve", *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, limit=1 << 24
        )
        self.number, self.waiting = 0, {}
        self.reading = asyncio.create_task(self.read())
        await self.ask("initialize", {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bars", "version": "1"}})
        self.child.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
        return self

    async def read(self):
        while line := await self.child.stdout.readline():
            reply = json.loads(line)
            if waiting := self.waiting.pop(reply.get("id"), None):
                waiting.set_result(reply)

    async def ask(self, method, params):
        self.number += 1
        answer = self.waiting[self.number] = asyncio.get_running_loop().create_future()
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.child.stdin.write(json.dumps(message).encode() + b"\n")
        return await asyncio.wait_for(answer, 70)

    async def call(self, tool, arguments):
        reply = await self.ask("tools/call", {"name": tool, "arguments": arguments})
        return reply["result"]

    async def stop(self, kill=False):
        if kill:
            self.child.kill()
        else:
            self.child.stdin.close()
        await self.child.wait()


def text_of(result):
    return result["content"][0]["text"]


async def paced(process, seconds, result):
    """Asks the questions at an even pace, and notes what failed."""
    tasks = []

    async def one(tool, arguments):
        began = time.monotonic()
        answer = await process.call(tool, arguments)
        result["longest"] = max(result["longest"], time.monotonic() - began)
        result["answered"] += 1
        if answer.get("isError"):
            result["failed"].append(text_of(answer).splitlines()[0])
        result["stale"] += " ago" in text_of(answer).splitlines()[0]

    for tool, arguments in questions():
        tasks.append(asyncio.create_task(one(tool, arguments)))
        await asyncio.sleep(seconds / QUESTIONS)
    await asyncio.gather(*tasks)


def report(name, upstream, result, **more):
    row = {
        "run": name, "answered": result["answered"], "failed": len(result["failed"]), "upstream": len(upstream.seen),
        "refused": upstream.refused(), "most in a minute": upstream.most_in_a_minute(),
        "longest call s": round(result["longest"], 1), **more,
    }
    print(json.dumps(row), flush=True)
    for failure, count in Counter(result["failed"]).items():
        print(f"  {count}: {failure}", flush=True)
    return row


def fresh_result():
    return {"answered": 0, "failed": [], "longest": 0.0, "stale": 0}


async def one_process():
    async with Upstream() as upstream:
        with tempfile.TemporaryDirectory() as folder:
            process = await Process().start(environment(upstream, folder))
            result = fresh_result()
            await paced(process, SECONDS, result)
            await process.stop()
            row = report("one process", upstream, result)
            assert row["failed"] == row["refused"] == 0 and row["upstream"] <= 36 and row["answered"] == QUESTIONS


async def four_processes():
    async with Upstream() as upstream:
        with tempfile.TemporaryDirectory() as folder:
            env = environment(upstream, folder)
            processes = [await Process().start(env) for _ in range(4)]
            result = fresh_result()
            await asyncio.gather(*(paced(process, SECONDS, result) for process in processes))
            for process in processes:
                await process.stop()
            row = report("four processes", upstream, result)
            assert row["failed"] == row["refused"] == 0 and row["upstream"] <= 40
            assert row["answered"] == 4 * QUESTIONS


async def call_loop():
    async with Upstream() as upstream:
        with tempfile.TemporaryDirectory() as folder:
            env, result = environment(upstream, folder), fresh_result()
            first = time.monotonic()
            for tool, arguments in questions():
                began = time.monotonic()
                call = await asyncio.create_subprocess_exec(
                    BINARY, "call", tool, "--args", json.dumps(arguments), env=env,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                _, errors = await call.communicate()
                result["answered"] += 1
                result["longest"] = max(result["longest"], time.monotonic() - began)
                if call.returncode:
                    result["failed"].append(errors.decode().splitlines()[0])
            size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
            row = report("call in a loop", upstream, result, bytes_on_disk=size)
            assert row["refused"] == row["failed"] == 0 and row["most in a minute"] <= 25
            # One question more than a minute holds: the loop waits, and asks again what is of the running day.
            minutes = int((time.monotonic() - first) / 60)
            assert row["upstream"] <= DISTINCT + RUNNING * minutes


async def restart():
    async with Upstream() as upstream:
        with tempfile.TemporaryDirectory() as folder:
            env, result = environment(upstream, folder), fresh_result()
            asked = questions()[:20]
            for kill in (True, False):
                process = await Process().start(env)
                before = len(upstream.seen)
                for tool, arguments in asked:
                    answer = await process.call(tool, arguments)
                    result["answered"] += 1
                    if answer.get("isError"):
                        result["failed"].append(text_of(answer).splitlines()[0])
                await asyncio.sleep(0.2)
                await process.stop(kill)
            row = report("restart", upstream, result, upstream_after=len(upstream.seen) - before)
            assert row["failed"] == row["refused"] == 0 and row["upstream_after"] <= 2


async def damage():
    """The file deleted, truncated, without rights, overwritten under a running server; and a disk that is full."""
    async with Upstream() as upstream:
        with tempfile.TemporaryDirectory() as folder:
            env, result = environment(upstream, folder), fresh_result()
            process = await Process().start(env)
            file = Path(folder) / ".cache" / "crashsight-mcp" / "store.db"

            def overwrite():
                file.write_bytes(b"\x55" * 16384)

            harm = [file.unlink, lambda: os.truncate(file, 0), lambda: file.chmod(0o400), overwrite,
                    lambda: shutil.rmtree(file.parent), lambda: None]
            for harmed in harm:
                for tool, arguments in questions()[:10]:
                    answer = await process.call(tool, arguments)
                    result["answered"] += 1
                    if answer.get("isError"):
                        result["failed"].append(text_of(answer).splitlines()[0])
                harmed()
                other = await Process().start(env)
                answer = await other.call("crashsight_get_app_options", {})
                result["answered"] += 1
                if answer.get("isError"):
                    result["failed"].append(text_of(answer).splitlines()[0])
                await other.stop()
            await process.stop()
            row = report("damaged files", upstream, result)
            assert row["failed"] == row["refused"] == 0
    small = Path(tempfile.mkdtemp())
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode:
        print("skipped: a full disk, no right to mount")
        return
    try:
        async with Upstream() as upstream:
            result = fresh_result()
            process = await Process().start(environment(upstream, small))
            for tool, arguments in questions()[:20]:
                answer = await process.call(tool, arguments)
                result["answered"] += 1
                if answer.get("isError"):
                    result["failed"].append(text_of(answer).splitlines()[0])
            await process.stop()
            row = report("full disk", upstream, result)
            assert row["failed"] == row["refused"] == 0
    finally:
        subprocess.run(["umount", str(small)], check=True)


class Redis:
    """A Redis server of its own."""

    def __init__(self):
        self.port = free_port()
        self.folder = tempfile.TemporaryDirectory()
        self.start()

    def start(self):
        self.child = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""],
            cwd=self.folder.name, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("Redis does not start")

    def stop(self):
        self.child.kill()
        self.child.wait()


class Replicas:
    """Servers over HTTP, asked in turn; those that are gone are left out, as a proxy does."""

    async def start(self, env, count, redis):
        self.ports, self.children, self.turn = [], [], 0
        for _ in range(count):
            port = free_port()
            child = subprocess.Popen(
                [BINARY, "serve", "--http", f"127.0.0.1:{port}", "--store", f"redis://127.0.0.1:{redis.port}",
                 "--replicas", str(count)], env=env, stderr=subprocess.DEVNULL)
            self.ports.append(port)
            self.children.append(child)
        for port in self.ports:
            for _ in range(200):
                try:
                    (await asyncio.open_connection("127.0.0.1", port))[1].close()
                    break
                except OSError:
                    await asyncio.sleep(0.02)
        return self

    async def post(self, message):
        """One request; tried at the next replica where one is gone, as a proxy does before anything was answered."""
        body = json.dumps(message).encode()
        self.turn += 1
        turn = self.turn
        for attempt in range(len(self.ports)):
            port = self.ports[(turn + attempt) % len(self.ports)]
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(
                    b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    b"Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-06-18\r\n"
                    b"Connection: close\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
                content = await asyncio.wait_for(reader.read(), 70)
                writer.close()
                if b"jsonrpc" in content:
                    text = content.decode(errors="replace")
                    start = text.index('{"jsonrpc"')
                    return json.JSONDecoder().raw_decode(text[start:])[0]
            except OSError:
                continue
        return {"result": {"isError": True, "content": [{"text": "no replica answered"}]}}

    async def call(self, tool, arguments):
        reply = await self.post({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                                 "params": {"name": tool, "arguments": arguments}})
        return reply.get("result") or {"isError": True, "content": [{"text": json.dumps(reply.get("error"))}]}

    def stop(self):
        for child in self.children:
            child.kill()
            child.wait()


async def load(replicas, result, seconds, clients, distinct):
    """Clients that ask one of the first questions again and again."""
    end = time.monotonic() + seconds

    async def client(number):
        turn = number
        while time.monotonic() < end:
            tool, arguments = questions()[turn % distinct]
            turn += 1
            began = time.monotonic()
            answer = await replicas.call(tool, arguments)
            result["answered"] += 1
            result["longest"] = max(result["longest"], time.monotonic() - began)
            head = text_of(answer).splitlines()[0]
            if answer.get("isError"):
                result["failed"].append(f"{tool} {arguments}: {head.partition(' retry')[0]}")
            result["stale"] += "cached " in head
            await asyncio.sleep(0.5)

    await asyncio.gather(*(client(number) for number in range(clients)))


async def replicas():
    redis = Redis()
    async with Upstream() as upstream:
        with tempfile.TemporaryDirectory() as folder:
            servers = await Replicas().start(environment(upstream, folder), 2, redis)
            result = fresh_result()
            top = await servers.call("crashsight_list_top_issues", {"limit": 1})
            issue = text_of(top).split('{"issue":"')[1].split('"')[0]

            async def write(number):
                tag = {"issue": issue, "tag": f"tag-{number}"}
                preview = await servers.call("crashsight_add_issue_tag", tag)
                confirm = text_of(preview).split('"confirm":"')[1].split('"')[0]
                # The same confirmation at both replicas at once.
                await asyncio.gather(
                    *(servers.call("crashsight_add_issue_tag", {**tag, "confirm": confirm}) for _ in range(4)))

            async def kill():
                await asyncio.sleep(25)
                servers.children[0].kill()

            await asyncio.gather(
                load(servers, result, 60, 100, 15), kill(), *(write(number) for number in range(3)))
            servers.stop()
            writes = upstream.writes()
            row = report("two replicas, one killed", upstream, result, writes=sum(writes.values()),
                         written_twice=sum(1 for count in writes.values() if count > 1), stale=result["stale"])
            # More is asked than a minute holds: what was never answered before has to wait, and says so.
            assert all("rate limit reached" in failure for failure in result["failed"])
            assert row["refused"] == row["written_twice"] == 0 and row["writes"] == 3
            assert row["most in a minute"] <= 25
    redis.stop()


async def outage():
    redis = Redis()
    async with Upstream() as upstream:
        with tempfile.TemporaryDirectory() as folder:
            servers = await Replicas().start(environment(upstream, folder), 2, redis)
            result = fresh_result()

            async def stop_and_start():
                await asyncio.sleep(15)
                redis.stop()
                await asyncio.sleep(60)
                redis.start()

            await asyncio.gather(load(servers, result, 120, 50, 12), stop_and_start())
            servers.stop()
            row = report("Redis stopped and started", upstream, result, stale=result["stale"])
            assert row["failed"] == row["refused"] == 0 and row["most in a minute"] <= 25
    redis.stop()


RUNS = {
    "one": one_process, "four": four_processes, "call": call_loop, "restart": restart, "damage": damage,
    "replicas": replicas, "outage": outage,
}

async def all_at_once():
    """Every run in a process of its own: most of their time is waiting."""
    runs = [await asyncio.create_subprocess_exec(sys.executable, __file__, BINARY, name) for name in RUNS]
    return max(await asyncio.gather(*(run.wait() for run in runs)))


if __name__ == "__main__":
    if not sys.argv[2:]:
        sys.exit(asyncio.run(all_at_once()))
    for name in sys.argv[2:]:
        if name in ("replicas", "outage") and not shutil.which("redis-server"):
            print(f"skipped: {name}, no redis-server is installed")
            continue
        asyncio.run(RUNS[name]())
