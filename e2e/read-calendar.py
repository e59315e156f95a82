"""Reads a calendar from standard input as a calendar program does, and prints the first dates of each event as JSON.

For calendar.test.ts: {"uid": ["2031-01-31T09:30:00", ...]}, on the clock of the event, or with --utc as instants.
"""

import datetime
import itertools
import json
import sys

import icalendar
import recurring_ical_events

LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
FIRST = 6


def written(when):
    if not isinstance(when, datetime.datetime):
        return when.isoformat()
    if "--utc" in sys.argv:
        return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return when.replace(tzinfo=None).isoformat()


calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
problems = [str(error) for component in calendar.walk() for error in component.errors]
if problems:
    sys.exit("\n".join(problems))
found = {}
for event in calendar.events:
    alone = icalendar.Calendar()
    for zone in calendar.timezones:
        alone.add_component(zone)
    alone.add_component(event)
    dates = itertools.islice(recurring_ical_events.of(alone).after(LONG_AGO), FIRST)
    found[str(event["UID"])] = [written(date["DTSTART"].dt) for date in dates]
json.dump(found, sys.stdout)
