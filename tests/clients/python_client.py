"""The official Python SDK against the built binary: every mode lists, calls, reads a resource, gets a prompt, sees an error."""

import asyncio
import sys

from mcp import Client, StdioServerParameters

TOOLS = 48


def text(result):
    return "\n".join(block.text for block in result.content)


async def converse(binary, mode):
    server = StdioServerParameters(command=binary, args=["serve", "--demo"])
    async with Client(server, mode=mode) as client:
        tools = (await client.list_tools()).tools
        assert len(tools) >= TOOLS, f"{mode}: {len(tools)} tools"
        assert tools[0].name == "crashsight_list_top_issues", tools[0].name
        top = await client.call_tool("crashsight_list_top_issues", {"limit": 3})
        assert not top.is_error, text(top)
        assert text(top).startswith("Top crash issues · starfall-android"), text(top)
        issue = text(top).split('{"issue":"')[1][:32]
        last = await client.call_tool("crashsight_get_last_crash", {"issue": issue})
        assert not last.is_error and "next: crashsight_get_crash" in text(last), text(last)
        crash = text(last).split('{"crash":"')[1][:32]
        page = await client.read_resource(f"crashsight://starfall-android/crash/{crash}")
        assert "threads" in page.contents[0].text, page
        prompt = await client.get_prompt("explain_crash", {"crash": crash, "language": "中文"})
        assert crash in prompt.messages[0].content.text, prompt
        wrong = await client.call_tool("crashsight_get_issue", {"isue": issue})
        assert wrong.is_error and "did you mean `issue`?" in text(wrong), text(wrong)
        try:
            await client.call_tool("crashsight_no_such", {})
        except Exception as error:  # the SDK's own type has moved between versions
            assert "no tool is called" in str(error), error
        else:
            raise AssertionError(f"{mode}: an unknown tool was answered")
    print(f"python client, {mode}: ok")


async def main(binary):
    modes = ["auto", "legacy", "2026-07-28"]
    for mode in modes:
        await asyncio.wait_for(converse(binary, mode), timeout=60)
    print(f"{len(modes)} passed, 0 failed")


asyncio.run(main(sys.argv[1]))
