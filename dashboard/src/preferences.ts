// When and where the signed-in person works: read once, then known to every page. Days are counted in this zone, whatever
// zone the browser stands in.
import { account, type Preferences } from "./api/client.ts";
import { browserZone, dayOf, type Day } from "./logic/days.ts";

let known: Preferences | null = null;

export async function readPreferences(): Promise<void> {
  const outcome = await account.preferences();
  if (outcome.kind === "done") known = outcome.value;
}

/** None as long as they could not be read. */
export function preferences(): Preferences | null {
  return known;
}

export function forgetPreferences(): void {
  known = null;
}

export function zone(): string {
  return known?.time_zone ?? browserZone();
}

let lastAsked: { minute: number; zone: string; day: Day } | null = null;

/** Worked out once a minute: a long list asks for each of its rows, and days begin with a minute in every zone. */
export function today(): Day {
  const now = new Date();
  const [minute, where] = [Math.floor(now.getTime() / 60_000), zone()];
  if (lastAsked?.minute !== minute || lastAsked.zone !== where) lastAsked = { minute, zone: where, day: dayOf(now, where) };
  return lastAsked.day;
}
