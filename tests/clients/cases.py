"""The cases of a client: each transport in each mode, in conversation and when calls are given up."""

from contextlib import asynccontextmanager

import conversation
import report
from conversation import equal
from server import PROMPT, SLOW, definitions, http, stdio

# And the version that each mode must agree on.
MODES = {"auto": "2026-07-28", "legacy": "2025-11-25", "2026-07-28": "2026-07-28"}


class Case:
    """One client over one transport in one mode: `connect(transport(server), mode)` opens the adapted client."""

    def __init__(self, binary, connect, kind, transport, mode, version):
        self.binary = binary
        self.connect = connect
        self.kind = kind
        self.transport = transport
        self.mode = mode
        self.version = version

    @asynccontextmanager
    async def started(self, slow=False):
        """A server and its client. When that ends, the server must end well."""
        options = SLOW if slow else PROMPT
        if self.kind == "stdio":
            serving = stdio(self.binary, options, "debug,rmcp=debug" if slow else None)
        else:
            serving = http(self.binary, options)
        async with serving as server:
            async with self.connect(self.transport(server), self.mode) as client:
                equal(client.version, self.version)
                yield server, client
            if slow:
                await server.left(conversation.QUESTION[0])

    async def run(self):
        async with self.started() as (_, client):
            await self.converse(client, definitions(self.binary))
        await self.give_ups()

    async def converse(self, client, tools):
        await conversation.converse(client, tools)

    async def give_ups(self):
        # Up to 2025-11-25 the notification that cancels over /mcp names no session, so no call: the call
        # ends when its client disconnects, at the latest when it closes.
        at_once = not (self.kind == "/mcp" and self.version < "2026-07-28")
        for give_up in (conversation.cancels, conversation.times_out):
            async with self.started(slow=True) as (server, client):
                await give_up(client, server, at_once)


def of(binary, connect, transports, modes=MODES, versions=None, case=Case):
    """Every case; `versions` names what a mode agrees on where that is not as in `MODES`."""
    cases = []
    for kind, transport in transports.items():
        for mode in modes:
            version = (versions or {}).get((kind, mode), MODES[mode])
            cases.append((f"{kind}, {mode}", case(binary, connect, kind, transport, mode, version).run))
    return cases
