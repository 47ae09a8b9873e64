"""`fastmcp` against the built binary: every transport in every mode.

    fastmcp_client.py path/to/crashsight-mcp
"""

import sys
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastmcp import Client
from fastmcp.client.transports import SSETransport, StdioTransport, StreamableHttpTransport
from fastmcp.exceptions import ToolError

import cases
import report
from adapter import Adapter, listener, text


class FastMcp(Adapter):
    async def tools(self):
        return {tool.name: tool.input_schema for tool in await self.client.list_tools()}

    async def resources(self):
        return [str(resource.uri) for resource in await self.client.list_resources()]

    async def templates(self):
        return [template.uri_template for template in await self.client.list_resource_templates()]

    async def prompts(self):
        return [prompt.name for prompt in await self.client.list_prompts()]

    async def call(self, tool, arguments, progress=None, timeout=None):
        how = {"timeout": timeout, "progress_handler": listener(progress)}
        try:
            result = await self.answer(self.client.call_tool(tool, arguments, **how))
        except ToolError as error:
            return True, str(error)
        return False, text(result.content)

    async def read(self, address):
        return text(await self.answer(self.client.read_resource(address)))


def over_stdio(server):
    command, *arguments = server.command
    return StdioTransport(command, arguments, env=server.environment, keep_alive=False, log_file=server.errors)


@asynccontextmanager
async def connect(transport, mode):
    async with Client(transport, mode=mode) as client:
        yield FastMcp(client)


if __name__ == "__main__":
    transports = {
        "stdio": over_stdio,
        "/mcp": lambda server: StreamableHttpTransport(server.address("/mcp")),
        "/sse": lambda server: SSETransport(server.address("/sse")),
    }
    # fastmcp holds HTTP+SSE for a transport of older versions and asks nothing newer of it by itself.
    versions = {("/sse", "auto"): "2025-11-25"}
    report.run([(f"fastmcp {version('fastmcp')}", cases.of(sys.argv[1], connect, transports, versions=versions))])
