"""The Python SDK `mcp` against the built binary: every transport in every mode.

    python_sdk.py path/to/crashsight-mcp
"""

import sys
from contextlib import asynccontextmanager
from importlib.metadata import version

from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.sse import sse_client

import cases
import report
from adapter import Adapter, listener, text


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


if __name__ == "__main__":
    transports = {
        "stdio": over_stdio,
        "/mcp": lambda server: server.address("/mcp"),
        "/sse": lambda server: sse_client(server.address("/sse")),
    }
    report.run([(f"python sdk {version('mcp')}", cases.of(sys.argv[1], connect, transports))])
