// The page that every user sees, in a real Chromium: signing in on the way, deciding by keyboard and without JavaScript, the
// redirect to another site that follows the form, and how it looks.
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secret } from "./canaries.ts";
import { newAccount, type Account } from "./client.ts";
import { data, edgeUrl, webPort } from "./stack.ts";
import { startWeb, type Web } from "./web.ts";

const id = "https://chatgpt.com/oauth/client.json";
const redirect = "https://chatgpt.com/connector_platform_oauth_redirect";
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const pictures = process.env["MINDFLOW_PICTURES"] ?? join(data, "pictures");
let web: Web;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  web = await startWeb();
  web.documents.set("chatgpt.com/oauth/client.json", { client_id: id, client_name: "ChatGPT", redirect_uris: [redirect] });
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    // chatgpt.com is the test's own server; its certificate is by nobody whom a browser trusts.
    args: ["--no-sandbox", `--host-resolver-rules=MAP chatgpt.com:443 127.0.0.1:${webPort}`, "--ignore-certificate-errors"],
  });
});

afterAll(async () => {
  await browser.close();
  await web.close();
});

function address(other: Record<string, string> = {}): string {
  const asked = {
    response_type: "code", client_id: id, redirect_uri: redirect, state: "a-state",
    code_challenge: challenge, code_challenge_method: "S256", resource: `${edgeUrl}/mcp`, ...other,
  };
  return `${edgeUrl}/oauth/authorize?${new URLSearchParams(asked).toString()}`;
}

/** A context whose pages run no script and report whatever the page's own policy has blocked. */
async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<{ context: BrowserContext; page: Page; blocked: string[] }> {
  const context = await browser.newContext({ javaScriptEnabled: false, ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  const blocked: string[] = [];
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) blocked.push(message.text());
  });
  return { context, page, blocked };
}

async function signIn(page: Page, account: Account): Promise<void> {
  await page.getByLabel("E-mail address").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText(account.email).first().waitFor();
}

async function keepSecrets(context: BrowserContext): Promise<void> {
  for (const cookie of await context.cookies()) secret(cookie.value);
}

describe("consent in Chromium", () => {
  test("signs in first, comes back, and leads to the app's own site with a code", async () => {
    const account = await newAccount();
    const { context, page, blocked } = await open();
    await page.goto(address());
    expect(await page.title()).toBe("Sign in to MindFlow");
    await page.getByLabel("E-mail address").fill(account.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).toBe("The e-mail address or the password is wrong.");
    expect(await page.getByLabel("E-mail address").inputValue()).toBe(account.email);
    await signIn(page, account);
    await keepSecrets(context);
    expect(page.url()).toBe(address());
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Allow ChatGPT to use your MindFlow?");
    for (const text of ["An app of chatgpt.com.", account.email, "see your tasks", "add, change, complete and delete tasks"]) {
      expect(await page.getByText(text).first().isVisible(), text).toBe(true);
    }
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(/^https:\/\/chatgpt\.com\//);
    await expect.poll(() => page.title()).toBe("Arrived");
    const back = new URL(page.url());
    expect(back.origin + back.pathname).toBe(redirect);
    secret(back.searchParams.get("code") ?? "");
    expect(back.searchParams.get("code")).toMatch(/^mfc_/);
    expect([back.searchParams.get("state"), back.searchParams.get("iss")]).toEqual(["a-state", edgeUrl]);
    expect(blocked).toEqual([]);
    await context.close();
  });

  test("is decided by keyboard alone, also with a no, and at a port of one's own machine", async () => {
    const account = await newAccount();
    const { context, page } = await open();
    const body = { client_name: "Codex", redirect_uris: ["http://127.0.0.1/callback"], token_endpoint_auth_method: "none" };
    const registered = await fetch(`${edgeUrl}/oauth/register`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const { client_id } = (await registered.json()) as { client_id: string };
    // The program on the user's machine, at a port that nobody has registered.
    const visits: string[] = [];
    const program = createServer((request, response) => {
      visits.push(request.url ?? "");
      response.setHeader("Content-Type", "text/html").end("<title>Arrived</title>");
    });
    await new Promise<void>((done) => program.listen(0, "127.0.0.1", done));
    const own = `http://127.0.0.1:${(program.address() as AddressInfo).port}`;
    await page.goto(address({ client_id, redirect_uri: `${own}/callback` }));
    // The first field gets the focus by itself.
    await page.locator("input:focus").waitFor();
    await page.keyboard.type(account.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(account.password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Deny" }).waitFor();
    await keepSecrets(context);
    expect(await page.getByText("nobody has checked it").isVisible()).toBe(true);
    expect(await page.getByText(`a program on this computer (${own})`).isVisible()).toBe(true);
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Allow");
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("Deny");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.origin === own);
    await expect.poll(() => page.title()).toBe("Arrived");
    expect(new URL(own + (visits[0] ?? "")).searchParams.get("error")).toBe("access_denied");
    await context.close();
    program.closeAllConnections();
    await new Promise((done) => program.close(done));
  });

  test("lets another account decide, and sends nobody to an address that is not the app's", async () => {
    const [one, other] = [await newAccount(), await newAccount()];
    const { context, page } = await open();
    await page.goto(address());
    await signIn(page, one);
    await keepSecrets(context);
    await page.getByRole("button", { name: "Use another account" }).click();
    await signIn(page, other);
    await keepSecrets(context);
    await page.goto(address({ redirect_uri: "https://evil.example/callback" }));
    expect(await page.title()).toBe("This does not work");
    expect(page.url().startsWith(edgeUrl)).toBe(true);
    expect(await page.getByRole("button").count()).toBe(0);
    await context.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [name, width, height] of [["desktop", 1280, 900], ["narrow", 320, 640]] as const) {
      test(`fits ${name} in ${colorScheme}, with nothing cut off`, async () => {
        const account = await newAccount();
        const { context, page, blocked } = await open({ colorScheme, viewport: { width, height }, javaScriptEnabled: true });
        const look = async (what: string) => {
          await page.screenshot({ path: join(pictures, `${what}-${name}-${colorScheme}.png`), fullPage: true });
          const wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
          expect(wider, what).toBe(0);
        };
        await page.goto(address());
        await look("sign-in");
        await page.getByLabel("Password").fill("x");
        await page.getByLabel("E-mail address").fill(account.email);
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("alert").waitFor();
        await look("wrong");
        await signIn(page, account);
        await keepSecrets(context);
        await look("consent");
        // Large enough for a finger (WCAG 2.5.8 asks for 24 px).
        for (const button of await page.getByRole("button").all()) {
          expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
        }
        await page.goto(address({ redirect_uri: "https://evil.example/" }));
        await look("refusal");
        expect(blocked).toEqual([]);
        await context.close();
      });
    }
  }
});
