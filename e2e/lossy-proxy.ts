// Stands between the Worker and the origin and passes everything on as it is, every header field in its place; while told
// to, it loses answers to changes: the origin has made them, and the Worker hears nothing.
import { randomInt } from "node:crypto";
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export class LossyProxy {
  /** Of a hundred answers to changes, how many are lost. */
  percentLost = 0;
  /** How many were. */
  lost = 0;
  readonly #originPort: number;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server = createServer((asked, answer) => void this.#pass(asked, answer));

  constructor(originPort: number) {
    this.#originPort = originPort;
  }

  /** Where it listens from now on. */
  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    try {
      const answered = await this.#forward(asked, await bytesOf(asked));
      const body = await bytesOf(answered);
      if (asked.method !== "GET" && randomInt(100) < this.percentLost) {
        this.lost += 1;
        asked.socket.destroy();
        return;
      }
      answer.sendDate = false;
      answer.writeHead(answered.statusCode ?? 500, answered.rawHeaders).end(body);
    } catch {
      // The origin is away, and so is whoever speaks for it.
      asked.socket.destroy();
    }
  }

  #forward(asked: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { method = "GET", url = "/" } = asked;
    const options = { host: "127.0.0.1", port: this.#originPort, agent: this.#agent, method, path: url, headers: asked.rawHeaders };
    return new Promise((done, failed) => {
      request(options, done).on("error", failed).end(body);
    });
  }
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
