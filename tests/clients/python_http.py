"""The official Python SDK against the built binary over HTTP: every mode on one endpoint, and HTTP+SSE."""

import asyncio
import re
import subprocess
import sys

from mcp import Client
from mcp.client.sse import sse_client


def text(result):
    return "\n".join(block.text for block in result.content)


async def converse(server, mode):
    async with Client(server, mode=mode) as client:
        tools = (await client.list_tools()).tools
        assert tools[0].name == "crashsight_list_top_issues", tools[0].name
        top = await client.call_tool("crashsight_list_top_issues", {"limit": 3})
        assert not top.is_error, text(top)
        assert text(top).startswith("Top crash issues · starfall-android"), text(top)
        wrong = await client.call_tool("crashsight_get_issue", {"isue": "x"})
        assert wrong.is_error and "did you mean `issue`?" in text(wrong), text(wrong)


async def main(base):
    for mode in ["auto", "legacy", "2026-07-28"]:
        await converse(f"{base}/mcp", mode)
        print(f"python client, /mcp, {mode}: ok")
    await converse(sse_client(f"{base}/sse"), "legacy")
    print("python client, /sse: ok")


if __name__ == "__main__":
    command = [sys.argv[1], "serve", "--demo", "--http", "127.0.0.1:0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://[^/]+", process.stderr.readline()).group(0)
        asyncio.run(main(address))
    finally:
        process.terminate()
        process.wait(timeout=10)
