/** A caller that sends exactly what it is told: Node's own fetch adds fields, follows redirects and tidies paths. */
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { inject } from "vitest";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id: string;
  errors?: { field: string; message: string }[];
}

export interface Sent {
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Sends the body in chunks, its length unannounced. */
  chunked?: boolean;
  edgeUrl?: string;
}

export function call(method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { hostname, port } = new URL(sent.edgeUrl ?? inject("edgeUrl"));
  const headers: Record<string, string> = { ...sent.headers };
  if (sent.body !== undefined && sent.chunked !== true) headers["content-length"] = String(Buffer.byteLength(sent.body));
  if (sent.chunked === true) headers["transfer-encoding"] = "chunked";
  return new Promise((done, failed) => {
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", failed);
      response.on("end", () => {
        done({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() });
      });
    });
    request.on("error", failed);
    request.end(sent.body);
  });
}

export function problem(answer: Answer): Problem {
  if (answer.headers["content-type"] !== "application/problem+json") throw new Error(`no problem: ${answer.text}`);
  return JSON.parse(answer.text) as Problem;
}

export const JSON_TYPE = { "content-type": "application/json" };
