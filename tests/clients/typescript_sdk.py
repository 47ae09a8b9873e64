"""The TypeScript SDK against the built binary: version 1 and version 2, every transport in every mode.

    typescript_sdk.py path/to/crashsight-mcp path/to/folder/with/node_modules
"""

import asyncio
import itertools
import json
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import cases
import report
from conversation import Refused, equal, not_found
from server import WAIT_SECONDS

CARRIER = Path(__file__).with_suffix(".mjs")
FIRST = "@modelcontextprotocol/sdk"
SECOND = "@modelcontextprotocol/client"
LINE_BYTES = 1 << 22


class TypeScript:
    """See `conversation`: requests go to a Node process, which makes them with the SDK."""

    # Both versions drop a progress notification that arrives in one chunk with the response behind it.
    attempts = 5

    def __init__(self, process, package, version):
        self.process = process
        self.version = version
        # Version 2 of the SDK tells either code as its newer one.
        self.not_found = -32602 if package == SECOND else not_found(version)
        self.ids = itertools.count()
        self.waiting = {}

    def _send(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")

    async def hear(self):
        """Hands every answer to whoever waits for it."""
        while line := await self.process.stdout.readline():
            message = json.loads(line)
            answer, progress = self.waiting[message["id"]]
            if "progress" in message:
                progress.append(message["progress"])
            elif not answer.done():
                answer.set_result(message)

    async def _ask(self, method, params, progress=None, timeout=None):
        number = next(self.ids)
        answer = asyncio.get_running_loop().create_future()
        self.waiting[number] = answer, progress
        asked = {"id": number, "method": method, "params": params, "timeout": timeout}
        self._send(asked | {"progress": progress is not None})
        try:
            message = await answer
        except asyncio.CancelledError:
            self._send({"abort": number})
            raise
        if error := message.get("error"):
            code = error["code"]
            raise Refused(code, error["message"].removeprefix(f"MCP error {code}: "))
        return message["result"]

    async def tools(self):
        return {tool["name"]: tool["inputSchema"] for tool in (await self._ask("listTools", {}))["tools"]}

    async def resources(self):
        return [resource["uri"] for resource in (await self._ask("listResources", {}))["resources"]]

    async def templates(self):
        listed = await self._ask("listResourceTemplates", {})
        return [template["uriTemplate"] for template in listed["resourceTemplates"]]

    async def prompts(self):
        return [prompt["name"] for prompt in (await self._ask("listPrompts", {}))["prompts"]]

    async def call(self, tool, arguments, progress=None, timeout=None):
        heard = None if progress is None else []
        result = await self._ask("callTool", {"name": tool, "arguments": arguments}, heard, timeout)
        for step in heard or []:
            assert "total" not in step, step
            progress.append((step["progress"], step["message"]))
        return result.get("isError", False), "\n".join(block["text"] for block in result["content"])

    async def read(self, address):
        result = await self._ask("readResource", {"uri": address})
        return "\n".join(contents["text"] for contents in result["contents"])

    async def prompt(self, name, arguments):
        result = await self._ask("getPrompt", {"name": name, "arguments": arguments})
        return "\n".join(message["content"]["text"] for message in result["messages"])


def over_stdio(server):
    return {"command": server.command, "environment": server.environment, "log": str(server.log)}


def client(package, folder):
    """How a package of `folder` connects."""

    @asynccontextmanager
    async def connect(transport, mode):
        setting = json.dumps(transport | {"mode": mode})
        process = await asyncio.create_subprocess_exec(
            "node", str(CARRIER), package, folder, setting,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_BYTES,
        )  # fmt: skip
        try:
            first = await process.stdout.readline()
            assert first, f"{package} did not connect"
            carried = TypeScript(process, package, json.loads(first)["version"])
            hearing = asyncio.create_task(carried.hear())
            yield carried
            process.stdin.close()
            await asyncio.wait_for(hearing, timeout=WAIT_SECONDS)
            equal(await process.wait(), 0)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    return connect


if __name__ == "__main__":
    binary, folder = sys.argv[1:]
    transports = {
        "stdio": over_stdio,
        "/mcp": lambda server: {"address": server.address("/mcp")},
        "/sse": lambda server: {"address": server.address("/sse")},
    }
    packages = [(FIRST, ["legacy"]), (SECOND, cases.MODES)]
    report.run(
        (
            f"typescript sdk ({package} {report.npm_version(folder, package)})",
            cases.of(binary, client(package, folder), transports, modes),
        )
        for package, modes in packages
    )
