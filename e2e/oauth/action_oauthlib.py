"""A Custom GPT's Action, signed in by OAuthlib: no PKCE, no resource, the secret by post or basic."""

import json

from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

settings = json.loads(input())
url, client_id, secret = settings["url"], settings["client_id"], settings["client_secret"]
session = OAuth2Session(client_id, redirect_uri=settings["redirect_uri"], scope=["tasks:read", "tasks:write"])
address, _ = session.authorization_url(f"{url}/oauth/authorize")
print("open " + address)
back = input()
if settings["method"] == "client_secret_post":
    proof = {"include_client_id": True, "client_secret": secret}
    own = {"client_id": client_id, "client_secret": secret}
else:
    proof = {"auth": HTTPBasicAuth(client_id, secret)}
    own = {"auth": HTTPBasicAuth(client_id, secret)}
token = session.fetch_token(f"{url}/oauth/token", authorization_response=back, **proof)
created = session.post(f"{url}/api/tasks", json={"title": "By an Action, with OAuthlib"})
refreshed = session.refresh_token(f"{url}/oauth/token", **own)
listed = session.get(f"{url}/api/tasks")
form = {"token": refreshed["access_token"]}
if settings["method"] == "client_secret_post":
    form |= own
revoked = session.post(f"{url}/oauth/revoke", data=form, auth=own.get("auth"), withhold_token=True)
refused = session.get(f"{url}/api/tasks")
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
