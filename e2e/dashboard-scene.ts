// Whose dashboard is looked at, and what they have to do; for the drill of pictures.
import type { BrowserContext, Page } from "playwright-core";
import { edgeUrl } from "./stack.ts";

export interface Scene {
  context: BrowserContext;
  page: Page;
  /** Tasks by title. */
  ids: Map<string, string>;
}

/** A day as the API has it, `days` from today in the zone of the browsers of these tests. */
export function day(days: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" }).format(new Date(Date.now() + days * 86_400_000));
}

export async function post(context: BrowserContext, path: string, data: unknown): Promise<unknown> {
  const answer = await context.request.post(edgeUrl + path, { data, headers: { Origin: edgeUrl } });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? undefined : answer.json();
}

async function add({ context, ids }: Scene, tasks: readonly (Record<string, unknown> & { title: string })[]): Promise<void> {
  for (let at = 0; at < tasks.length; at += 50) {
    const items = tasks.slice(at, at + 50).map((task) => ({ op: "create", ...task }));
    const { results } = (await post(context, "/api/tasks/batch", { items })) as { results: { task: { id: string; title: string } }[] };
    for (const { task } of results) ids.set(task.title, task.id);
  }
}

export function idOf({ ids }: Scene, title: string): string {
  const id = ids.get(title);
  if (id === undefined) throw new Error(`no task “${title}”`);
  return id;
}

/** What somebody has to do in a week, with something late, something that waits, and something that is done. */
export async function aWeek(scene: Scene): Promise<void> {
  await add(scene, [
    { title: "Send the offer to the bakery", due_date: `${day(0)}T16:00`, deadline: day(1), effort_estimate_minutes: 45, priority: 5, project: "Studio", tags: ["clients"] },
    { title: "Answer Noor about the flat", due_date: day(0), effort_estimate_minutes: 10, tags: ["phone"] },
    { title: "Review the new sign-up texts", due_date: day(0), effort_estimate_minutes: 30, project: "Studio" },
    { title: "Pay the electricity bill", due_date: day(-2), effort_estimate_minutes: 10, tags: ["money"] },
    { title: "Return the library books", due_date: day(-1), effort_estimate_minutes: 20, priority: 2 },
    {
      title: "Draft the talk for the meetup", due_date: day(1), effort_estimate_minutes: 120, priority: 4, project: "Talks", tags: ["writing"],
      description: "Twenty minutes, few slides.\n\nBegin with the story of the lost parcel, then the three questions that Mira asked last time.",
    },
    { title: "Compare three offers for the heating, with what each of them costs to run", due_date: day(3), effort_estimate_minutes: 90, project: "House", tags: ["money"] },
    { title: "Plan the team’s day out", due_date: day(4), effort_estimate_minutes: 60, project: "Studio" },
    { title: "Water the plants", due_date: day(2), effort_estimate_minutes: 5, priority: 2, recurrence: "FREQ=WEEKLY", project: "House" },
    { title: "Renew the passport", due_date: day(9), deadline: day(20), effort_estimate_minutes: 60, priority: 4 },
    { title: "Read the chapter on queues", effort_estimate_minutes: 60, project: "Learning" },
    { title: "Book the dentist", effort_estimate_minutes: 10, priority: 2, tags: ["phone"] },
    { title: "Choose a colour for the hall", project: "House" },
    { title: "Order the paint", project: "House" },
    { title: "Sell the old bicycle" },
  ]);
  const parent_id = idOf(scene, "Draft the talk for the meetup");
  await add(scene, [
    { title: "Make an outline", parent_id, effort_estimate_minutes: 20 }, { title: "Ask Mira to listen once", parent_id, tags: ["phone"] },
    { title: "Paint the hall", project: "House", due_date: day(5), effort_estimate_minutes: 240, depends_on: [idOf(scene, "Choose a colour for the hall")] },
    { title: "A task of an empty project", project: "Garden" },
  ]);
  await post(scene.context, `/api/tasks/${idOf(scene, "Order the paint")}/complete`, {});
  await post(scene.context, `/api/tasks/${idOf(scene, "Sell the old bicycle")}/snooze`, { until: day(2) });
  const gone = await scene.context.request.delete(`${edgeUrl}/api/tasks/${idOf(scene, "A task of an empty project")}`, { headers: { Origin: edgeUrl } });
  if (!gone.ok()) throw new Error(`delete: ${gone.status()}`);
}

/** Titles that are long, in other scripts, or without a place to break. */
export async function oddTitles(scene: Scene): Promise<void> {
  await add(scene, [
    {
      title: "Write to the owners of the house about the stairs, the light in the yard, the bicycles in the hall, the door that does not close, the two keys that were lost in May, and whether the meeting can be moved to the week after the holidays",
      due_date: day(0), priority: 5, effort_estimate_minutes: 45, project: "The house in the long street that leads down to the river", tags: ["letters", "neighbours", "everything-that-has-waited"],
    },
    { title: "لا تنسَ أن تتصل بنور بشأن الشقة قبل نهاية الأسبوع", due_date: day(0), tags: ["هاتف"] },
    { title: "来週の発表のために資料をまとめて、田中さんに送って確認してもらう", due_date: day(1), effort_estimate_minutes: 60, project: "発表" },
    { title: "https://example.com/a/very/long/address/without/any/place/to/break/that/somebody/has/pasted/as/a/title?with=a&query=too", due_date: day(0) },
    { title: "🎂 Cake for Ada", due_date: day(1), effort_estimate_minutes: 15 },
  ]);
}

export async function twoHundred(scene: Scene): Promise<void> {
  const [verbs, things] = [["Call", "Write to", "Pay", "Thank", "Invoice"], ["the bakery", "Noor", "the landlord", "Mira", "the printer", "the school", "the bank", "the tailor"]];
  await add(scene, Array.from({ length: 200 }, (_, at) => ({
    title: `${verbs[at % 5] ?? ""} ${things[at % 8] ?? ""} about number ${at + 1}`, due_date: day((at % 12) - 1), priority: (at % 5) + 1, effort_estimate_minutes: 15 * (1 + (at % 4)),
  })));
}
