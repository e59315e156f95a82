"""A Custom GPT's Action, signed in by Authlib: no PKCE, no resource, the secret by post or basic."""

import json

from authlib.integrations.requests_client import OAuth2Session

settings = json.loads(input())
url = settings["url"]
client = OAuth2Session(
    settings["client_id"],
    settings["client_secret"],
    token_endpoint_auth_method=settings["method"],
    revocation_endpoint_auth_method=settings["method"],
    redirect_uri=settings["redirect_uri"],
    scope="tasks:read tasks:write",
)
address, state = client.create_authorization_url(f"{url}/oauth/authorize")
print("open " + address)
token = client.fetch_token(f"{url}/oauth/token", authorization_response=input(), state=state)
created = client.post(f"{url}/api/tasks", json={"title": "By an Action, with Authlib"})
refreshed = client.refresh_token(f"{url}/oauth/token")
listed = client.get(f"{url}/api/tasks")
revoked = client.revoke_token(f"{url}/oauth/revoke", token=refreshed["refresh_token"])
refused = client.get(f"{url}/api/tasks")
print(
    json.dumps(
        {
            "token_type": token["token_type"],
            "created": created.status_code,
            "title": created.json()["title"],
            "changed": refreshed["refresh_token"] != token["refresh_token"],
            "listed": listed.status_code,
            "revoked": revoked.status_code,
            "refused": refused.status_code,
        }
    )
)
