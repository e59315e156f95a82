"""A native client like Codex, signed in by the Python SDK of MCP: it registers itself, and is answered at a port of the
user's machine that is another one each time."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata

settings = json.loads(input())


class Storage:
    def __init__(self, client=None):
        self.client = client
        self.tokens = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def redirect(address):
    print("open " + address)


async def callback():
    query = parse_qs(urlsplit(input()).query)
    return AuthorizationCodeResult(code=query["code"][0], state=query["state"][0], iss=query["iss"][0])


async def call(http, method="tools/list", params=None):
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    return await http.post(settings["url"] + "/mcp", json=message)


def provider(storage, port):
    metadata = OAuthClientMetadata(
        client_name="Codex",
        redirect_uris=[f"http://127.0.0.1:{port}/callback"],
        token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
    )
    return OAuthClientProvider(
        settings["url"] + "/mcp", metadata, storage, redirect_handler=redirect, callback_handler=callback
    )


async def main():
    first = Storage()
    async with httpx.AsyncClient(auth=provider(first, 49152)) as http:
        arguments = {"tasks": [{"title": "A task of Codex"}]}
        made = await call(http, "tools/call", {"name": "capture_tasks", "arguments": arguments})
    # The same client, at another port.
    second = Storage(first.client)
    second.client = second.client.model_copy(update={"redirect_uris": ["http://127.0.0.1:50505/callback"]})
    own = provider(second, 50505)
    async with httpx.AsyncClient(auth=own) as http:
        again = await call(http)
        before = second.tokens.refresh_token
        own.context.token_expiry_time = 1
        await call(http)
    print(
        json.dumps(
            {
                "made": [made.status_code, made.json()["result"]["structuredContent"]["results"][0]["status"]],
                "again": again.status_code,
                "client_id": first.client.client_id,
                "refreshed": second.tokens.refresh_token != before,
                "tokens": [storage.tokens.model_dump(mode="json") for storage in (first, second)],
            }
        )
    )


asyncio.run(main())
