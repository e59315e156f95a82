// A real SMTP server on loopback, for the origin to send to: what arrives is kept as a file, which any test can wait for.
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { freePort } from "./stack-settings.ts";

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}

/** Starts on a free port and keeps mail in `folder`; returns the port, and how to stop. */
export async function startMailServer(folder: string): Promise<{ port: number; stop: () => Promise<void> }> {
  mkdirSync(folder, { recursive: true });
  let received = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, session, done) => {
      simpleParser(stream).then((mail) => {
        const kept: Mail = {
          to: session.envelope.rcptTo.map((one) => one.address).join(","),
          subject: mail.subject ?? "",
          text: mail.text ?? "",
          html: typeof mail.html === "string" ? mail.html : "",
          headers: Object.fromEntries(mail.headerLines.map(({ key, line }) => [key, line.slice(line.indexOf(":") + 1).trim()])),
        };
        const name = String(received++).padStart(6, "0");
        // Renamed when it is whole, so that no reader sees a part.
        writeFileSync(join(folder, `.${name}`), JSON.stringify(kept));
        renameSync(join(folder, `.${name}`), join(folder, `${name}.json`));
        done();
      }).catch(done);
    },
  });
  const port = await freePort();
  await new Promise<void>((ready) => server.listen(port, "127.0.0.1", ready));
  return { port, stop: () => new Promise((stopped) => { server.close(stopped); }) };
}
