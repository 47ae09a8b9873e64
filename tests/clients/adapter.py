"""What the adapters of the Python clients share: both raise the SDK's errors and speak of its types."""

from mcp import MCPError

from conversation import Refused, not_found


class Adapter:
    """See `conversation`."""

    attempts = 1

    def __init__(self, client):
        self.client = client
        self.version = client.protocol_version
        self.not_found = not_found(self.version)

    async def answer(self, request):
        try:
            return await request
        except MCPError as error:
            raise Refused(error.code, error.message) from error

    async def prompt(self, name, arguments):
        result = await self.answer(self.client.get_prompt(name, arguments))
        return "\n".join(message.content.text for message in result.messages)


def listener(progress):
    """Adds what it hears to a list; none where nobody listens."""

    async def heard(done, total, message):
        assert total is None, total
        progress.append((done, message))

    return None if progress is None else heard


def text(blocks):
    return "\n".join(block.text for block in blocks)
