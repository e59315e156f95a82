"""A client of MCP by its Python SDK: it signs in, finds, captures, completes and undoes, in the era that it is told."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

settings = json.loads(input())
url = settings["url"] + "/mcp"


class Storage:
    tokens = None
    client = None

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


async def main():
    metadata = OAuthClientMetadata(
        client_name="Python",
        redirect_uris=["http://127.0.0.1:49153/callback"],
        token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
    )
    provider = OAuthClientProvider(url, metadata, Storage(), redirect_handler=redirect, callback_handler=callback)
    async with httpx.AsyncClient(auth=provider) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, mode=settings["mode"]) as client:
            tools = await client.list_tools()

            async def call(name, **arguments):
                result = await client.call_tool(name, arguments)
                assert not result.is_error, result.content
                return result.structured_content

            new = [{"title": "Buy milk"}, {"title": "Pay rent", "due_date": "2031-01-31"}]
            captured = await call("capture_tasks", tasks=new)
            found = await call("find_tasks", query="milk")
            done = await call("complete_task", id=found["tasks"][0]["id"])
            undone = await call("undo_change", change_id=done["change_id"])
            print(
                json.dumps(
                    {
                        "version": client.protocol_version,
                        "tools": len(tools.tools),
                        "captured": [result["status"] for result in captured["results"]],
                        "found": [task["title"] for task in found["tasks"]],
                        "done": [task["status"] for task in done["tasks"]],
                        "undone": [task["status"] for task in undone["tasks"]],
                    }
                )
            )


asyncio.run(main())
