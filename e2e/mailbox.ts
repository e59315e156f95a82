// What has arrived for an address, as mail-server.ts keeps it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { secret } from "./canaries.ts";
import type { Mail } from "./mail-server.ts";
import { mails } from "./stack.ts";

const patienceMilliseconds = 20_000;

/** All mail for an address so far, oldest first. */
export function mailTo(address: string): Mail[] {
  return readdirSync(mails)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(mails, name), "utf8")) as Mail)
    .filter((mail) => mail.to === address);
}

/** The next mail for an address whose subject fits, beyond the `seen` that were there before. */
export async function nextMail(address: string, subject: RegExp, seen = 0): Promise<Mail> {
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    const mail = mailTo(address).filter((one) => subject.test(one.subject))[seen];
    if (mail !== undefined) return mail;
    if (Date.now() > deadline) throw new Error(`no mail about ${String(subject)} for ${address}`);
    await sleep(20);
  }
}

/** The token of the link in a mail, which both of its parts must hold; behind `#`, so that no server sees it. */
export function tokenOf(mail: Mail, page: string): string {
  const link = new RegExp(`/${page}#token=([A-Za-z0-9_-]+)`);
  const token = link.exec(mail.text)?.[1];
  if (token === undefined || link.exec(mail.html)?.[1] !== token) throw new Error(`no link to /${page} in: ${mail.text}`);
  return secret(token);
}
