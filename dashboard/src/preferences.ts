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

export function today(): Day {
  return dayOf(new Date(), zone());
}
