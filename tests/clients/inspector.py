"""The MCP inspector's command line against the built binary: every transport, older and newer protocol.

    inspector.py path/to/crashsight-mcp path/to/folder/with/node_modules

Each request is a run of the inspector. It checks the tools' schemas for portability (`--strict`), prints no
progress, and gives a call up when it is interrupted.
"""

import asyncio
import json
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import cases
import conversation
import report
from conversation import QUESTION, Refused, equal

RUN_SECONDS = 120
ERAS = {"legacy": "legacy", "2026-07-28": "modern"}
# Exit codes, of `inspector-cli --help`.
FAILED, TOOL_FAILED = 1, 5


class Inspector:
    """See `conversation`. Error codes are not printed: a refusal has the inspector's own word instead."""

    def __init__(self, program, options, target):
        self.program = program
        self.options = options
        self.target = target

    async def start(self, method, *options):
        command = ["node", self.program, "--cli", *self.options, "--method", method, *options, "--", *self.target]
        pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
        return await asyncio.create_subprocess_exec(*command, **pipes)

    async def _ask(self, method, *options):
        process = await self.start(method, *options)
        try:
            out, errors = await asyncio.wait_for(process.communicate(), RUN_SECONDS)
        finally:
            if process.returncode is None:
                process.kill()
        error = json.loads(errors)["error"] if errors.strip() else None
        if process.returncode == TOOL_FAILED and out.strip():
            equal(error["code"], "tool_is_error")
        elif process.returncode or error:
            assert process.returncode and error, f"exit code {process.returncode}: {errors.decode()}"
            raise Refused(error["code"], error["message"])
        return json.loads(out)["result"]

    async def settle(self):
        self.version = (await self._ask("initialize"))["protocolVersion"]

    async def tools(self):
        listed = await self._ask("tools/list", "--strict")
        return {tool["name"]: tool["inputSchema"] for tool in listed["tools"]}

    async def resources(self):
        return [resource["uri"] for resource in (await self._ask("resources/list"))["resources"]]

    async def templates(self):
        listed = await self._ask("resources/templates/list")
        return [template["uriTemplate"] for template in listed["resourceTemplates"]]

    async def prompts(self):
        return [prompt["name"] for prompt in (await self._ask("prompts/list"))["prompts"]]

    async def call(self, tool, arguments):
        asked = ["--tool-name", tool, "--tool-args-json", json.dumps(arguments)]
        result = await self._ask("tools/call", *asked, "--metadata", "progressToken=watching")
        return result.get("isError", False), "\n".join(block["text"] for block in result["content"])

    async def read(self, address):
        result = await self._ask("resources/read", "--uri", address)
        return "\n".join(contents["text"] for contents in result["contents"])

    async def prompt(self, name, arguments):
        pairs = [f"{key}={value}" for key, value in arguments.items()]
        result = await self._ask("prompts/get", "--prompt-name", name, "--prompt-args", *pairs)
        return "\n".join(message["content"]["text"] for message in result["messages"])


async def refused(client):
    unknown = "unknown resource crashsight://no"
    cases = [
        (client.call, ("crashsight_no_such", {}), "tool_not_found", "Tool 'crashsight_no_such' not found"),
        (client.read, ("crashsight://no",), "error", unknown),
        (client.prompt, ("no_such", {"crash": "0"}), "error", "unknown prompt no_such"),
    ]
    await conversation.refuses(cases)


class Inspection(cases.Case):
    async def converse(self, client, definitions):
        await conversation.lists(client, definitions)
        await conversation.reads(client, *await conversation.asks(client))
        await conversation.mistaken(client)
        await refused(client)
        issue = await conversation.told(client, *await conversation.handled_issue(client))
        conversation.names_handlers(issue)

    async def give_ups(self):
        """The server stops a call whose client is gone: over HTTP at once, over stdio 5 s after its input ended."""
        async with self.started(slow=True) as (server, client):
            tool, arguments = QUESTION
            asked = ["--tool-name", tool, "--tool-args-json", json.dumps(arguments)]
            process = await client.start("tools/call", *asked)
            try:
                await server.working(tool)
                process.send_signal(signal.SIGINT)
                await asyncio.wait_for(process.communicate(), RUN_SECONDS)
            finally:
                if process.returncode is None:
                    process.kill()
            equal(process.returncode, -signal.SIGINT)


def over_stdio(server):
    # The inspector prints what the server says beside its own; the log is apart.
    command = ["sh", "-c", 'log=$0; exec "$@" 2>>"$log"', str(server.log), *server.command]
    settings = [f"{name}={value}" for name, value in server.environment.items()]
    return [*(["-e", *settings] if settings else [])], command


def of(folder):
    """How the inspector of a folder connects."""
    program = str(Path(folder, "node_modules", ".bin", "mcp-inspector"))

    @asynccontextmanager
    async def connect(transport, mode):
        options, target = transport
        common = ["--format", "json", "--protocol-era", ERAS[mode], *options]
        client = Inspector(program, common, target)
        await client.settle()
        yield client

    return connect


if __name__ == "__main__":
    binary, folder = sys.argv[1:]
    transports = {
        "stdio": over_stdio,
        "/mcp": lambda server: (["--transport", "http"], [server.address("/mcp")]),
        "/sse": lambda server: (["--transport", "sse"], [server.address("/sse")]),
    }
    inspections = cases.of(binary, of(folder), transports, modes=ERAS, case=Inspection)
    report.run([(f"inspector {report.npm_version(folder, '@modelcontextprotocol/inspector')}", inspections)])
