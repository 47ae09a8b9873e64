"""The Python SDK `mcp` against the built binary: every transport in every mode.

    python_sdk.py path/to/crashsight-mcp
"""

import sys
from contextlib import asynccontextmanager
from importlib.metadata import version

from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.sse import sse_client
from mcp.types import ElicitResult

import cases
import report
from adapter import Adapter, listener, text
from conversation import following, told
from server import http, stdio


class Sdk(Adapter):
    async def tools(self):
        return {tool.name: tool.input_schema for tool in (await self.client.list_tools()).tools}

    async def resources(self):
        return [resource.uri for resource in (await self.client.list_resources()).resources]

    async def templates(self):
        listed = await self.client.list_resource_templates()
        return [template.uri_template for template in listed.resource_templates]

    async def prompts(self):
        return [prompt.name for prompt in (await self.client.list_prompts()).prompts]

    async def call(self, tool, arguments, progress=None, timeout=None):
        result = await self.answer(self.client.call_tool(tool, arguments, timeout, listener(progress)))
        return result.is_error, text(result.content)

    async def read(self, address):
        return text((await self.answer(self.client.read_resource(address))).contents)


def over_stdio(server):
    command, *arguments = server.command
    parameters = StdioServerParameters(command=command, args=arguments, env=server.environment)
    return stdio_client(parameters, errlog=server.errors)


@asynccontextmanager
async def connect(transport, mode):
    async with Client(transport, mode=mode) as client:
        yield Sdk(client)


@asynccontextmanager
async def connect_user(transport, mode):
    """A client with a user who is asked before a write, and agrees."""
    asked = []

    async def agree(_, question):
        asked.append(question.message)
        return ElicitResult(action="accept", content={})

    async with Client(transport, mode=mode, elicitation_callback=agree) as client:
        adapted = Sdk(client)
        adapted.asked = asked
        yield adapted


class Writing(cases.Case):
    """A write is put to the user; over /mcp only in the newest version, since before it needs a session."""

    async def run(self):
        # That a write was sent is logged.
        serving = stdio(self.binary, log_filter="warn") if self.kind == "stdio" else http(self.binary, quiet=False)
        async with serving as server, self.connect(self.transport(server), self.mode) as client:
            _, arguments = following(await told(client, "crashsight_list_top_issues", {"limit": 1}))
            text = await told(client, "crashsight_add_issue_tag", arguments | {"tag": "agreed"})
            if self.kind == "/mcp" and self.version < "2026-07-28":
                assert text.startswith("crashsight_add_issue_tag: nothing is sent yet") and not client.asked, text
            else:
                assert "tags now agreed" in text, text
                (question,) = client.asked
                assert question.startswith("Send this to CrashSight? POST ") and "agreed" in question, question


if __name__ == "__main__":
    transports = {
        "stdio": over_stdio,
        "/mcp": lambda server: server.address("/mcp"),
        "/sse": lambda server: sse_client(server.address("/sse")),
    }
    name = f"python sdk {version('mcp')}"
    asking = cases.of(sys.argv[1], connect_user, transports, case=Writing)
    report.run([(name, cases.of(sys.argv[1], connect, transports)), (f"{name}, asking its user", asking)])
