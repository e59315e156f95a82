// Every page and state of the dashboard that has a look of its own, and how to get there; for the drill of pictures.
import { secret } from "./canaries.ts";
import { day, idOf, oddTitles, post, twoHundred, type Scene } from "./dashboard-scene.ts";
import { edgeUrl, kill, restart } from "./stack.ts";

export interface State {
  name: string;
  /** Goes there, and waits for what shows that it is there. */
  open: (scene: Scene) => Promise<unknown>;
  /** Lets go of what the state held up. */
  leave?: (scene: Scene) => Promise<unknown>;
  /** Something stays under way here, so that the network never comes to rest. */
  busy?: true;
}

/** Goes somewhere and waits for what shows that it is there. */
const at = (path: string, shown: string) => async ({ page }: Scene) => {
  await page.goto(edgeUrl + path);
  await page.locator(shown).first().waitFor();
};

const panelOf = (title: string) => async (scene: Scene) => {
  await at(`/all?task=${idOf(scene, title)}`, "#panel-title")(scene);
};

/** Chooses the first row, then presses these keys. */
const keys = async ({ page }: Scene, ...pressed: string[]) => {
  for (const key of ["j", ...pressed]) await page.keyboard.press(key);
};

export const empty: State[] = [
  { name: "next-empty", open: at("/", ".empty") },
  { name: "today-empty", open: at("/today", ".empty") },
  { name: "upcoming-empty", open: at("/upcoming", ".empty") },
  { name: "all-empty", open: at("/all", ".empty") },
  { name: "projects-empty", open: at("/projects", ".empty") },
];

const pages: State[] = [
  { name: "next", open: at("/", "article h2") },
  {
    name: "next-writing",
    open: async (scene) => {
      await at("/", "article h2")(scene);
      const { page } = scene;
      await page.getByLabel("Add a task").fill("Call Ada friday 10am #phone +home 15m p4");
      await page.locator("button.token").nth(4).waitFor();
    },
  },
  {
    name: "next-snooze",
    open: async (scene) => {
      await at("/", "article h2")(scene);
      await scene.page.locator(".best mf-menu button").first().click();
      await scene.page.locator(".choices button:focus").waitFor();
    },
  },
  {
    name: "next-runner-up",
    open: async (scene) => {
      await at("/", ".runners-up summary")(scene);
      await scene.page.locator(".runners-up summary").first().press("Enter");
      await scene.page.locator(".runners-up details[open]").scrollIntoViewIfNeeded();
    },
  },
  { name: "today", open: at("/today", ".tasks .title") },
  {
    name: "today-dates",
    open: async (scene) => {
      await at("/today", ".tasks .title")(scene);
      await keys(scene, "t");
      await scene.page.locator(".choices button:focus").waitFor();
    },
  },
  {
    name: "today-in-words",
    open: async ({ page }) => {
      await page.keyboard.type("next tuesday 4pm");
      await page.locator(".understood").waitFor();
    },
  },
  {
    name: "today-done",
    open: async (scene) => {
      await at("/today", ".tasks .title")(scene);
      await keys(scene, "e");
      await scene.page.locator(".toast").getByRole("button", { name: "Undo" }).waitFor();
    },
    leave: async ({ page }) => {
      await page.keyboard.press("z");
      await page.getByText(/^Undone/).waitFor();
    },
  },
  { name: "upcoming", open: at("/upcoming", ".tasks .title") },
  { name: "upcoming-next-week", open: async (scene) => at(`/upcoming?from=${day(7)}`, ".tasks .title")(scene) },
  { name: "all", open: at("/all", ".tasks .title") },
  {
    name: "all-view-naming",
    open: async (scene) => {
      await at("/all?tag=phone", ".tasks .title")(scene);
      await scene.page.getByRole("button", { name: "Keep this view" }).click();
      await scene.page.locator("#view-name:focus").waitFor();
    },
  },
  {
    name: "all-views",
    open: async ({ page }) => {
      await page.keyboard.press("Enter");
      await page.locator(".views a").waitFor();
    },
    leave: async ({ page }) => { await page.getByRole("button", { name: "Remove the view “#phone”" }).click(); },
  },
  { name: "all-filtered", open: at("/all?priority=4&sort=due", ".chips .chip") },
  {
    name: "all-searched-for-nothing",
    open: async (scene) => {
      await at("/all", ".tasks .title")(scene);
      await scene.page.getByLabel("Search tasks").fill("submarine");
      await scene.page.locator(".empty").waitFor();
    },
  },
  {
    name: "all-selected",
    open: async (scene) => {
      await at("/all", ".tasks .title")(scene);
      await keys(scene, "x", "j", "x", "j", "x");
      await scene.page.getByText("3 selected").waitFor();
    },
  },
  {
    name: "all-selected-tags",
    open: async ({ page }) => {
      await page.getByRole("group", { name: "Selected tasks" }).getByRole("button", { name: "Tags" }).click();
      await page.getByLabel("Add a tag to all of them").waitFor();
    },
  },
  {
    name: "all-renaming",
    open: async (scene) => {
      await at("/all", ".tasks .title")(scene);
      await keys(scene, "r");
      await scene.page.locator(".rename:focus").waitFor();
    },
  },
  { name: "projects", open: at("/projects", ".projects li") },
  { name: "project", open: at("/projects/House", ".tasks .title") },
  {
    name: "project-renaming",
    open: async ({ page }) => {
      await page.getByRole("button", { name: "Rename" }).click();
      await page.getByLabel("Name of the project").waitFor();
    },
  },
  { name: "project-empty", open: at("/projects/Garden", ".empty") },
  { name: "project-unknown", open: at("/projects/Nowhere", ".empty") },
  {
    name: "palette",
    open: async (scene) => {
      await at("/today", ".tasks .title")(scene);
      await scene.page.keyboard.press("Control+k");
      await scene.page.getByRole("dialog").getByRole("combobox").waitFor();
      await scene.page.keyboard.type("the");
      await scene.page.getByRole("option", { name: /the (bakery|dentist|hall|heating|meetup|passport|plants)/ }).first().waitFor();
    },
  },
  {
    name: "palette-unknown-words",
    open: async ({ page }) => {
      await page.getByRole("dialog").getByRole("combobox").fill("submarine");
      await page.getByRole("option").nth(1).waitFor({ state: "detached" });
      await page.getByRole("option", { name: "Add “submarine” as a task" }).waitFor();
    },
  },
  {
    name: "keys",
    open: async (scene) => {
      await at("/today", ".tasks .title")(scene);
      await scene.page.keyboard.press("?");
      await scene.page.getByRole("dialog").waitFor();
    },
  },
  { name: "lost", open: at("/nothing-here", "main h1") },
];

const panel: State[] = [
  { name: "panel", open: panelOf("Draft the talk for the meetup") },
  {
    name: "panel-history",
    open: async (scene) => {
      await panelOf("Draft the talk for the meetup")(scene);
      await scene.page.getByLabel("Priority", { exact: true }).selectOption("3");
      await scene.page.getByText(/^Saved/).waitFor();
      await scene.page.locator(".panel summary").getByText("History").click();
      await scene.page.locator(".history li").last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: "panel-conflict",
    open: async (scene) => {
      await panelOf("Book the dentist")(scene);
      const { context, page } = scene;
      await page.getByLabel("Title", { exact: true }).fill("Book the dentist for June");
      const theirs = await context.request.patch(`${edgeUrl}/api/tasks/${idOf(scene, "Book the dentist")}`, { data: { title: "Book the dentist, and the hygienist" }, headers: { Origin: edgeUrl } });
      if (!theirs.ok()) throw new Error(`their change: ${theirs.status()}`);
      await page.keyboard.press("Tab");
      await page.getByText("Somebody changed this at the same time").waitFor();
    },
  },
  { name: "panel-missing", open: at("/all?task=0198c5a0-0000-7000-8000-0000000000aa", ".panel .empty") },
];

const sections = ["profile", "password", "appearance", "shortcuts", "hours", "weights", "devices", "apps", "keys", "calendar", "import", "export", "delete"];

const settings: State[] = [
  { name: "settings", open: at("/settings", ".section-cards a") },
  ...sections.map((section) => ({ name: `settings-${section}`, open: at(`/settings/${section}`, "[data-section] :is(.card, .empty, .drop)") })),
  {
    name: "settings-hours-refused",
    open: async (scene) => {
      await at("/settings/hours", "#work-end")(scene);
      await scene.page.getByLabel("Until").fill("08:00");
      await scene.page.getByRole("button", { name: "Save working hours" }).click();
      await scene.page.getByRole("alert").getByText("must end after it begins").waitFor();
    },
  },
  {
    name: "settings-key-made",
    open: async (scene) => {
      await at("/settings/keys", "#key-name")(scene);
      const { page } = scene;
      await page.getByLabel("What is it for?").fill("Backup on the NAS");
      await page.getByRole("button", { name: "Make key" }).click();
      secret(await page.getByRole("textbox", { name: "Key “Backup on the NAS”" }).inputValue());
    },
  },
  {
    name: "settings-key-confirm",
    open: async ({ page }) => {
      await page.getByRole("button", { name: "Revoke key “Backup on the NAS”?" }).click();
      await page.getByRole("dialog", { name: "Revoke key" }).waitFor();
    },
  },
  {
    name: "settings-import-report",
    open: async (scene) => {
      await at("/settings/import", ".drop")(scene);
      const file = [
        "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE",
        "task,Weed the beds @outside,,1,1,Ada (1),,tomorrow,en,Europe/Berlin", "task,Only the roses,,4,2,Ada (1),,,en,Europe/Berlin",
        "task,Order seeds,,2,1,Ada (1),,at the next full moon,en,Europe/Berlin",
      ].join("\n");
      await scene.page.getByLabel("Choose a file").setInputFiles({ name: "Garden.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
      await scene.page.getByRole("heading", { name: "3 new tasks" }).waitFor();
    },
  },
  {
    name: "settings-import-done",
    open: async ({ page }) => {
      await page.getByRole("button", { name: "Import 3 tasks" }).click();
      await page.getByRole("heading", { name: "Imported 3 tasks." }).waitFor();
    },
  },
];

const consentAddress = async ({ context }: Scene) => {
  const registered = (await post(context, "/oauth/register", { client_name: "Codex", redirect_uris: ["http://127.0.0.1/callback"], token_endpoint_auth_method: "none" })) as { client_id: string };
  const asked = {
    response_type: "code", client_id: registered.client_id, redirect_uri: "http://127.0.0.1:49152/callback", state: "a-state", resource: `${edgeUrl}/mcp`,
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256",
  };
  return `/oauth/authorize?${new URLSearchParams(asked).toString()}`;
};

const apps: State[] = [
  { name: "consent", open: async (scene) => at(await consentAddress(scene), ".choice")(scene) },
  { name: "consent-broken", open: at("/oauth/authorize?client_id=nobody", "h1") },
];

/** What is seen when something does not answer. */
const away: State[] = [
  {
    name: "door-unreachable",
    open: async ({ page }) => {
      await page.route("**/api/**", (route) => route.abort());
      await page.goto(`${edgeUrl}/all`);
      await page.getByRole("alert").first().waitFor();
    },
    leave: ({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }),
  },
  {
    name: "list-unreachable",
    open: async ({ page }) => {
      await page.route(/\/api\/tasks/, (route) => route.abort());
      await page.goto(`${edgeUrl}/all`);
      await page.locator(".empty").getByRole("alert").waitFor();
    },
    leave: ({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }),
  },
  ...([["next", "/"], ["all", "/all"]] as const).map(([name, path]): State => ({
    name: `${name}-loading`,
    busy: true,
    open: async ({ page }) => {
      await page.route(/\/api\/tasks/, () => undefined);
      await page.goto(edgeUrl + path);
      await page.locator(".skeleton").first().waitFor();
    },
    leave: ({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }),
  })),
  {
    name: "all-waiting",
    busy: true,
    open: async (scene) => {
      await at("/all", ".tasks .title")(scene);
      kill("origin");
      await scene.page.getByRole("button", { name: "Complete “Read the chapter on queues”" }).click();
      await scene.page.getByText("Waiting for the server").waitFor({ timeout: 30_000 });
    },
    leave: async ({ page }) => {
      await restart("origin");
      await page.getByText("The server is back.").waitFor({ timeout: 60_000 });
    },
  },
];

/** With a week's tasks. */
export const full: State[] = [...pages, ...panel, ...settings, ...apps, ...away];

/** With titles that nobody has planned for, then with many tasks. */
export const odd: State[] = [
  {
    name: "odd-next",
    open: async (scene) => {
      await oddTitles(scene);
      await at("/", "article h2")(scene);
    },
  },
  { name: "odd-today", open: at("/today", ".tasks .title") },
  { name: "odd-upcoming", open: at("/upcoming", ".tasks .title") },
  { name: "odd-all", open: at("/all", ".tasks .title") },
  { name: "odd-projects", open: at("/projects", ".projects li") },
  { name: "odd-panel", open: panelOf("لا تنسَ أن تتصل بنور بشأن الشقة قبل نهاية الأسبوع") },
  {
    name: "many-all",
    open: async (scene) => {
      await twoHundred(scene);
      await at("/all", ".tasks .title")(scene);
    },
  },
  { name: "many-today", open: at("/today", ".tasks .title") },
  { name: "many-upcoming", open: at("/upcoming", ".tasks .title") },
  { name: "many-next", open: at("/", "article h2") },
];

/** For who is not signed in, or no longer. */
export const outside: State[] = [
  {
    name: "session-ended",
    open: async (scene) => {
      await at("/today", ".tasks .title")(scene);
      await scene.context.clearCookies();
      // Whatever is read next tells the page.
      for (const key of ["g", "a"]) await scene.page.keyboard.press(key);
      await scene.page.getByLabel("Password").waitFor();
    },
  },
  { name: "sign-in", open: at("/sign-in", "form") },
  {
    name: "sign-in-refused",
    open: async ({ page }) => {
      await page.getByLabel("E-mail address").fill("nobody@example.com");
      await page.getByLabel("Password").fill("not the password");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("alert").getByText(/wrong/).waitFor();
    },
  },
  { name: "sign-up", open: at("/sign-up", "form") },
  { name: "forgot-password", open: at("/forgot-password", "form") },
  {
    name: "forgot-password-sent",
    open: async ({ page }) => {
      await page.getByLabel("E-mail address").fill("nobody@example.com");
      await page.getByRole("button", { name: "Send me a link" }).click();
      await page.getByText("a link is on its way").waitFor();
    },
  },
  { name: "reset-password", open: at("/reset-password#token=none", "form") },
  { name: "confirm-email", open: at("/confirm-email#token=none", "button") },
  {
    name: "confirm-email-refused",
    open: async ({ page }) => {
      await page.getByRole("button", { name: "Confirm my address" }).click();
      await page.getByRole("alert").getByText(/\w/).waitFor();
    },
  },
  { name: "lost-outside", open: at("/nothing-here", "main h1") },
  {
    name: "consent-sign-in",
    open: async (scene) => {
      await scene.context.clearCookies();
      await at(await consentAddress(scene), "#password")(scene);
    },
  },
  // The documentation and the plain page are the origin's and the Worker's.
  { name: "api-docs", open: at("/docs", "h1") },
];
