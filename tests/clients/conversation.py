"""What an assistant asks of the demo and what it must be told, whatever client carries it.

A client is wrapped by an adapter with these methods:

    version                               the protocol version of the connection
    not_found                             the code by which the client tells that there is no such resource
    attempts                              calls of which one must bring progress; 1 for a client that loses none
    tools() -> {name: input schema}       resources(), templates() -> [address]    prompts() -> [name]
    call(tool, arguments, progress=None, timeout=None) -> (is_error, text)
    read(address) -> text                 prompt(name, arguments) -> text

`progress` is a list to which (progress, message) is added. A JSON-RPC error is raised as `Refused`.
"""

import asyncio
import json
import re

QUESTION = ("crashsight_list_top_issues", {"window": "yesterday", "limit": 3})


class Refused(Exception):
    """A JSON-RPC error."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def not_found(version):
    """No such resource: the code moved between versions."""
    return -32602 if version >= "2026-07-28" else -32002


def equal(came, expected):
    assert came == expected, f"expected {expected!r}, not {came!r}"


def following(text):
    """The call that a reply's `next:` line proposes."""
    line = re.search(r"^next: (\w+) (\{.*\})$", text, re.MULTILINE)
    assert line, f"no call is proposed: {text}"
    return line[1], json.loads(line[2])


async def told(client, tool, arguments, **how):
    is_error, text = await client.call(tool, arguments, **how)
    assert not is_error, f"{tool}: {text}"
    return text


async def lists(client, definitions):
    tools = await client.tools()
    equal(list(tools), list(definitions))
    for name, schema in definitions.items():
        equal(tools[name], schema)
    equal(await client.resources(), ["crashsight://projects", "crashsight://tools"])
    templates = await client.templates()
    equal(len(templates), 4)
    assert "crashsight://{project}/crash/{crash}" in templates, templates
    assert "explain_crash" in await client.prompts()


async def asks(client):
    """From the top issues to a crash, along the calls that the replies propose."""
    top = await told(client, *QUESTION)
    assert top.startswith("Top crash issues · starfall-android · "), top
    tool, arguments = following(top)
    equal(tool, "crashsight_get_last_crash")
    last = await told(client, tool, arguments)
    assert arguments["issue"] in last, last
    tool, arguments = following(last)
    equal(tool, "crashsight_get_crash")
    page = await told(client, tool, arguments)
    crash = arguments["crash"]
    assert page.startswith(f"Crash {crash} · starfall-android · simulated data\n"), page
    return crash, page


async def reads(client, crash, page):
    projects = await client.read("crashsight://projects")
    assert re.search(r"^starfall-android \| yes \| ", projects, re.MULTILINE), projects
    equal(await client.read(f"crashsight://starfall-android/crash/{crash}"), page)
    prompt = await client.prompt("explain_crash", {"crash": crash, "language": "中文"})
    assert f"crashsight_get_crash with crash `{crash}`" in prompt and "中文" in prompt, prompt


async def mistaken(client):
    """A mistake that the assistant can correct is a reply."""
    is_error, text = await client.call("crashsight_get_issue", {"isue": "0"})
    assert is_error, text
    equal(text.splitlines()[0], "unknown argument `isue`: did you mean `issue`?")


async def refused(client):
    """A mistake of the client is a JSON-RPC error."""
    cases = [
        (client.call, ("crashsight_no_such", {}), -32602, "no tool is called crashsight_no_such"),
        (client.read, ("crashsight://no",), client.not_found, "unknown resource crashsight://no"),
        (client.prompt, ("no_such", {}), -32602, "unknown prompt no_such"),
    ]
    await refuses(cases)


async def refuses(cases):
    """Each of (ask, what, code, message) is refused so."""
    for ask, what, code, message in cases:
        try:
            answer = await ask(*what)
        except Refused as refusal:
            equal(refusal.code, code)
            assert refusal.message.startswith(message), refusal.message
        else:
            raise AssertionError(f"not refused: {answer}")


async def handled_issue(client):
    """The call that asks for an issue somebody is on: two requests, the issue and the people."""
    found = await told(client, "crashsight_search_issues", {"status": "in_progress", "limit": 1})
    tool, arguments = following(found)
    equal(tool, "crashsight_get_issue")
    return tool, arguments


def names_handlers(issue):
    """Both requests were answered: people are told by name, not by number."""
    assert re.search(r"^state in progress · assignees [a-z]", issue, re.MULTILINE), issue


async def progresses(client):
    tool, arguments = await handled_issue(client)
    for attempt in range(client.attempts):
        progress = []
        text = await told(client, tool, arguments | {"fresh": attempt > 0}, progress=progress)
        names_handlers(text)
        if progress:
            break
    equal(progress, [(1, "responses so far: 1")])


async def converse(client, definitions):
    await lists(client, definitions)
    await reads(client, *await asks(client))
    await mistaken(client)
    await refused(client)
    await progresses(client)


async def cancels(client, server, at_once=True):
    """Gives a call up while the server waits for its service: the server stops it, and answers the next."""
    call = asyncio.create_task(client.call(*QUESTION))
    await server.working(QUESTION[0])
    call.cancel()
    (outcome,) = await asyncio.gather(call, return_exceptions=True)
    assert isinstance(outcome, asyncio.CancelledError), outcome
    if at_once:
        await server.cancelled(QUESTION[0])
    assert (await told(client, "crashsight_list_projects", {})).startswith("Projects · now ")


async def times_out(client, server, at_once=True):
    """The same when the client's own limit gives the call up."""
    try:
        answer = await client.call(*QUESTION, timeout=1)
    except Refused as refusal:
        assert "timed out" in refusal.message.lower(), refusal
    else:
        raise AssertionError(f"not given up: {answer}")
    if at_once:
        await server.cancelled(QUESTION[0])
    assert (await told(client, "crashsight_list_projects", {})).startswith("Projects · now ")
