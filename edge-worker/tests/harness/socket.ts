/**
 * A WebSocket client (RFC 6455) that sends exactly the fields it is told, which no browser's API allows, and keeps what it
 * gets. Frames of the other side are short and whole here, so that is all that it reads.
 */
import { randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";

const TEXT = 1;
const CLOSE = 8;

export interface Opened {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** None when it was refused. */
  socket?: Socket;
}

export class Socket {
  readonly messages: string[] = [];
  /** The close code, as soon as there is one; 1006 when the connection ended without. */
  code: number | undefined;
  reason = "";
  readonly #stream: Duplex;
  #unread = Buffer.alloc(0);

  constructor(stream: Duplex, head: Buffer) {
    this.#stream = stream;
    stream.on("data", (chunk: Buffer) => { this.#read(chunk); });
    stream.on("error", () => undefined);
    stream.on("close", () => { this.code ??= 1006; });
    this.#read(head);
  }

  send(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  /** Ends it without a word, as a network does. */
  drop(): void {
    this.#stream.destroy();
  }

  #write(opcode: number, payload: Buffer): void {
    const mask = randomBytes(4);
    const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    this.#stream.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked]));
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    for (;;) {
      const [first, length] = this.#unread;
      if (first === undefined || length === undefined || this.#unread.length < 2 + length) return;
      if (length > 125) throw new Error("a frame that is longer than any of ours");
      const payload = this.#unread.subarray(2, 2 + length);
      this.#unread = this.#unread.subarray(2 + length);
      const opcode = first & 0x0f;
      if (opcode === TEXT) this.messages.push(payload.toString());
      if (opcode === CLOSE) {
        this.code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
        this.reason = payload.subarray(2).toString();
        this.#write(CLOSE, payload);
        this.#stream.end();
      }
    }
  }
}

/** Asks for a socket, with these fields beside those of every upgrade. */
export function open(edgeUrl: string, path: string, headers: Record<string, string> = {}): Promise<Opened> {
  const { hostname, port } = new URL(edgeUrl);
  const upgrade = {
    connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"), ...headers,
  };
  return new Promise((done, failed) => {
    const request = httpRequest({ hostname, port, path, headers: upgrade, agent: false });
    request.on("error", failed);
    request.on("upgrade", (response, stream, head) => {
      done({ status: response.statusCode ?? 0, headers: response.headers, text: "", socket: new Socket(stream, head) });
    });
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => { done({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }); });
    });
    request.end();
  });
}
