"""The OAuth flow of the Python SDK against the built binary, with tokens of a real OpenID provider.

    oauth.py path/to/crashsight-mcp FOLDER_OF_NODE_MODULES
"""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

import report
from server import WAIT_SECONDS, until

CALLBACK = "http://127.0.0.1:9/callback"
BEARER = "a-bearer-token-beside-it"
READ, WRITE = "crashsight:read", "crashsight:write"
ONE_PROJECT = "crashsight:project:starfall-ios"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Memory:
    """Tokens and the registration of one client."""

    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class User:
    """Follows the redirects of the provider, as a browser would, up to the callback of the client."""

    def __init__(self):
        self.asked = []
        self.answer = None

    async def redirect(self, url):
        self.asked.append(urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["scope"][0])
        async with httpx2.AsyncClient() as browser:
            while not url.startswith(CALLBACK):
                response = await browser.get(url, follow_redirects=False)
                assert response.status_code in (302, 303), response.text
                url = urllib.parse.urljoin(url, response.headers["location"])
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        assert "error" not in query, query
        self.answer = AuthorizationCodeResult(**query)

    async def callback(self):
        return self.answer


class Site:
    """A server and its issuer."""

    def __init__(self, issuer, url, process, tokens):
        self.issuer = issuer
        self.url = url
        self.process = process
        self.tokens = tokens

    async def grant(self, *scopes):
        query = urllib.parse.urlencode({"scope": " ".join(scopes)})
        async with httpx2.AsyncClient() as http:
            await http.get(f"{self.issuer}/grants?{query}")

    def status(self, token):
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        headers = {"Authorization": f"Bearer {token}"}
        return httpx2.post(self.url, json=message, headers=headers).status_code


@asynccontextmanager
async def ended(command, **options):
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def line_with(stream, words):
    """Reads the log up to a line with these words."""
    while words not in (line := await first_line(stream)):
        assert line, f"the log ends without {words!r}"


async def first_line(stream):
    return await asyncio.wait_for(asyncio.to_thread(stream.readline), timeout=WAIT_SECONDS)


@asynccontextmanager
async def site(binary, node):
    url = f"http://127.0.0.1:{free_port()}/mcp"
    script = Path(__file__).with_name("issuer.mjs")
    with tempfile.TemporaryDirectory() as folder:
        tokens = Path(folder, "tokens.toml")
        tokens.write_text(f'[tokens.ci]\ntoken = "{BEARER}"\n')
        async with ended(["node", script, node, url], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as provider:
            issuer = (await first_line(provider.stdout)).strip()
            at = urllib.parse.urlsplit(url).netloc
            command = [binary, "serve", "--demo", "--http", at, "--tokens", tokens]
            command += ["--oauth-issuer", issuer, "--oauth-audience", url]
            async with ended(command, stderr=subprocess.PIPE) as process:
                assert re.search(re.escape(url), await first_line(process.stderr))
                yield Site(issuer, url, process, tokens)


@asynccontextmanager
async def signed_in(at, user, memory):
    metadata = OAuthClientMetadata(redirect_uris=[CALLBACK], client_name="a test", token_endpoint_auth_method="none")
    auth = OAuthClientProvider(at.url, metadata, memory, user.redirect, user.callback)
    async with httpx2.AsyncClient(auth=auth, timeout=WAIT_SECONDS) as http:
        async with Client(streamable_http_client(at.url, http_client=http)) as client:
            yield client


async def names(client):
    return {tool.name for tool in (await client.list_tools()).tools}


async def day(client, project):
    arguments = {"window": "yesterday", "project": project}
    return await client.call_tool("crashsight_get_day_stats", arguments)


async def signs_in(at):
    """From the challenge through metadata, registration and consent to an answer; then without a user."""
    user, memory = User(), Memory()
    await at.grant(READ, WRITE)
    async with signed_in(at, user, memory) as client:
        assert "crashsight_add_issue_tag" in await names(client)
        assert not (await day(client, "starfall-android")).is_error
    (scopes,) = user.asked
    assert {READ, WRITE} <= set(scopes.split()), scopes
    async with signed_in(at, user, memory) as client:
        assert not (await day(client, "starfall-android")).is_error
    assert len(user.asked) == 1, "the token is kept"


async def reads_only(at):
    await at.grant(READ)
    async with signed_in(at, User(), Memory()) as client:
        listed = await names(client)
        assert "crashsight_get_day_stats" in listed and "crashsight_add_issue_tag" not in listed


async def one_project(at):
    """The issuer restricts a person to a project."""
    await at.grant(READ, ONE_PROJECT)
    async with signed_in(at, User(), Memory()) as client:
        assert not (await day(client, "starfall-ios")).is_error
        assert (await day(client, "starfall-android")).is_error


async def reloads(at):
    """SIGHUP replaces the bearer tokens; a broken file changes nothing and is logged."""
    assert at.status(BEARER) == 200
    at.tokens.write_text('[tokens.ci]\ntoken = "another-bearer-token"\n')
    at.process.send_signal(signal.SIGHUP)
    await until("the new token is valid", lambda: at.status("another-bearer-token") == 200)
    assert at.status(BEARER) == 401
    await line_with(at.process.stderr, "settings reloaded")
    at.tokens.write_text("[tokens.ci]\ntoken = 7")
    at.process.send_signal(signal.SIGHUP)
    await line_with(at.process.stderr, "settings not reloaded")
    assert at.status("another-bearer-token") == 200


def case(run):
    async def passes():
        async with site(*sys.argv[1:3]) as at:
            await run(at)

    return run.__name__, passes


if __name__ == "__main__":
    cases = [case(run) for run in (signs_in, reads_only, one_project, reloads)]
    report.run([(f"python sdk {version('mcp')}, oauth", cases)])
