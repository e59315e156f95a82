/** What two of the rules save, counted: they break no promise when they are missing, they only cost requests. */
import { Agent, request as httpRequest } from "node:http";
import { Edge } from "../harness/edge.ts";
import { settings } from "../harness/settings.ts";
import { bearer, claims, token } from "../harness/token.ts";
import { Model } from "./model.ts";

export interface Fetched {
  /** By ten readers who ask at once. */
  byTenReaders: number;
  /** By one who asks after a change that changed nothing. */
  afterNoChange: number;
}

export async function count(): Promise<Fetched> {
  const model = await Model.start();
  const edge = await Edge.start(settings(model.port));
  const agent = new Agent({ keepAlive: true });
  const headers = bearer(token(claims()));
  const ask = (method: string, path: string): Promise<void> =>
    new Promise((done, failed) => {
      const { hostname, port } = new URL(edge.url);
      const request = httpRequest({ hostname, port, method, path, headers, agent }, (response) => {
        response.resume().on("end", () => {
          if (response.statusCode === 200) done();
          else failed(new Error(`${method} ${path}: ${response.statusCode ?? 0}`));
        });
      });
      request.on("error", failed);
      request.end();
    });
  const fetched = async (work: () => Promise<unknown>): Promise<number> => {
    const before = model.fetched;
    await work();
    return model.fetched - before;
  };
  try {
    await ask("GET", "/api/projects");
    // Long enough under way for all ten to come.
    model.slow = 200;
    const byTenReaders = await fetched(() => Promise.all(Array.from({ length: 10 }, () => ask("GET", "/api/tasks"))));
    model.slow = 0;
    await ask("GET", "/api/tasks");
    await ask("POST", "/api/tasks/0198c5a0-0000-7000-8000-0000000000aa/start");
    const afterNoChange = await fetched(() => ask("GET", "/api/tasks"));
    return { byTenReaders, afterNoChange };
  } finally {
    agent.destroy();
    await edge.close();
    await model.close();
  }
}
