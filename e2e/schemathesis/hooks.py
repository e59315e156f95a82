"""What a schema cannot say of a valid request: what exists, what was used before, what one field asks of another.

Only requests that are meant to be valid are mended, and only in these places, each with its reason. Requests that are
meant to be invalid are sent as they were made.
"""

import json
import os
import re
import urllib.request
import uuid

import schemathesis
from hypothesis import strategies as st

schemathesis.openapi.format("iana-time-zone", st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]))
schemathesis.openapi.format("rrule", st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=31"]))

# What a cursor of the API looks like; anything else was invented.
CURSOR = re.compile("[A-Za-z0-9_-]{20,}")
AHEAD = "2099-12-31"
PASSWORD = "quiet otters plan ahead"

# The operations that do what the items of a batch do, where what is valid of them is mended.
SINGLE = {"create": "create_task", "update": "update_task", "snooze": "snooze_task"}

# What ends the credential that it is called with.
ENDING = {"delete_me", "end_session", "logout", "revoke_all", "update_me"}


@schemathesis.auth(refresh_interval=None)
class AccessToken:
    """One account's for all that does not end its credential, which is called as somebody new each time."""

    def get(self, case, context):
        ends = case.operation.definition.raw.get("operationId") in ENDING
        return new_account() if ends else os.environ["MINDFLOW_TOKEN"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    fresh_key(case)
    if case.query:
        # A cursor is opaque and belongs to a query: only the API can make one.
        if not CURSOR.fullmatch(str(case.query.get("cursor"))):
            case.query.pop("cursor", None)
    operation = case.operation.definition.raw.get("operationId")
    if isinstance(case.body, dict):
        mend(operation, case.query or {}, case.body)


def new_account():
    """The access token of somebody who is nobody else."""
    person = {"email": f"{uuid.uuid4()}@example.com", "password": PASSWORD}
    post("/api/auth/register", person)
    return post("/api/auth/login", person)["access_token"]


def post(path, body):
    request = urllib.request.Request(
        os.environ["MINDFLOW_URL"] + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.load(answer)


def fresh_key(case):
    """A key that was used for another request is refused, and so are two different ones."""
    key = str(uuid.uuid4())
    named = [name for name in case.headers or {} if name.lower() == "idempotency-key"]
    for name in named:
        case.headers[name] = key
    if isinstance(case.body, dict) and case.body.get("client_token") is not None:
        case.body["client_token"] = key


def mend(operation, query, body):
    # Which tasks there are, open and without a cycle, is not in the schema.
    body.pop("parent_id", None)
    body.pop("depends_on", None)
    if body.get("recurrence") is not None or operation == "update_task":
        # A rule counts from a date, which a change must not take away either.
        if body.get("recurrence") is not None or "due_date" in body:
            body["due_date"] = AHEAD
    if operation == "change_tasks":
        for item in body.get("items", []):
            mend(SINGLE.get(item["op"]), {}, item)
    if operation == "register":
        # Which passwords are common is a list of its own.
        body["password"] = PASSWORD
    if operation == "update_me":
        # A new password or address needs the present one, which is that of every account here.
        if body.get("password") is not None:
            body["password"] = f"{PASSWORD}, or not"
        if body.get("password") is not None or body.get("email") is not None:
            body["current_password"] = PASSWORD
        else:
            body.pop("current_password", None)
    if operation == "create_api_key":
        # Within a year from now, which a schema cannot say.
        body.pop("expires_at", None)
    if operation == "snooze_task":
        # One of the two, in one place; a date must lie ahead.
        if body.get("until") is not None:
            body["until"] = AHEAD
            body.pop("hours", None)
            query.pop("hours", None)
        elif body.get("hours") is not None:
            query.pop("hours", None)
    if operation == "import_tasks":
        # What a document or a file holds is a format of its own.
        is_csv = body.get("format") == "todoist-csv"
        for name in ("document", "csv", "project"):
            body.pop(name, None)
        if is_csv:
            body["csv"] = "TYPE,CONTENT\ntask,Imported\n"
        elif body.get("format") == "taskwarrior":
            body["document"] = []
        else:
            body["document"] = {"format": "mindflow", "format_version": 1, "tasks": []}
    if operation == "replace_preferences":
        # The day must end after it begins.
        body.pop("work_end", None)
        if body.get("work_start") is not None:
            body["work_end"] = "24:00"
