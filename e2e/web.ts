// The web beyond the product, as far as OAuth needs it: the hosts that clients' documents are at, and that browsers are sent
// back to.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { join } from "node:path";
import { webFolder, webPort } from "./stack.ts";

export interface Web {
  /** Documents by host and path. */
  documents: Map<string, unknown>;
  /** What else was asked for, `host/path?query`. */
  visits: string[];
  close: () => Promise<void>;
}

export async function startWeb(): Promise<Web> {
  const web = { documents: new Map<string, unknown>(), visits: [] as string[] };
  const read = (name: string) => readFileSync(join(webFolder, name));
  const server: Server = createServer({ key: read("web.key"), cert: read("web.pem") }, (request, response) => {
    const place = `${request.headers.host ?? ""}${request.url ?? ""}`;
    const document = web.documents.get(place);
    if (document !== undefined) {
      response.setHeader("Content-Type", "application/json").setHeader("Cache-Control", "max-age=60").end(JSON.stringify(document));
      return;
    }
    web.visits.push(place);
    response.setHeader("Content-Type", "text/html").end("<!doctype html><title>Arrived</title><p>You can close this page.");
  });
  await new Promise<void>((done) => server.listen(webPort, "127.0.0.1", done));
  return {
    ...web,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => {
          done();
        });
      }),
  };
}
