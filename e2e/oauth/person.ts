// A person with a browser who is asked by an app, and decides. What a browser does of itself is done by hand here: the
// cookie is kept, the form is sent to where the page is. consent.test.ts does it in a real one.
import { secret } from "../canaries.ts";
import { call, newAccount, type Account } from "../client.ts";
import { edgeUrl } from "../stack.ts";

export interface Person extends Account {
  cookie: string;
}

export async function newPerson(): Promise<Person> {
  return inBrowser(await newAccount());
}

/** Signs somebody in who has an account. */
export async function inBrowser(account: Account): Promise<Person> {
  const body = { email: account.email, password: account.password, session: "cookie" };
  const answer = await call("POST", "/api/auth/login", { body });
  const [cookie] = (answer.headers.get("set-cookie") ?? "").split(";");
  if (!cookie) throw new Error(`no cookie: ${answer.status}`);
  secret(cookie.slice(cookie.indexOf("=") + 1));
  return { ...account, cookie };
}

/** Opens the address that an app has sent the person to, decides, and gives the address that it leads to. */
export async function decide(person: Person, address: URL | string, action: "allow" | "deny" = "allow"): Promise<URL> {
  const url = new URL(address);
  if (url.origin !== edgeUrl) throw new Error(`not ours: ${url.origin}`);
  const headers = { Cookie: person.cookie, Origin: edgeUrl };
  const path = url.pathname + url.search;
  const page = await call("GET", path, { headers });
  const [, seal] = /name="seal" value="([^"]+)"/.exec(page.text) ?? [];
  if (page.status !== 200 || seal === undefined) throw new Error(`no page to decide on: ${page.status} ${page.text}`);
  const answer = await fetch(url, { method: "POST", headers, redirect: "manual", body: new URLSearchParams({ seal, action }) });
  const location = answer.headers.get("location");
  if (answer.status !== 303 || location === null) throw new Error(`not sent back: ${answer.status} ${await answer.text()}`);
  const back = new URL(location);
  const code = back.searchParams.get("code");
  if (code !== null) secret(code);
  return back;
}
