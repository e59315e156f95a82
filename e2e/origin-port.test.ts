// The origin's own port, reached past the Worker: only what the edge signed is answered, and a refusal says nothing
// and changes nothing.
import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { newAccount, type Account } from "./client.ts";
import { contentDigest, edgeSigner, hopRequest, send, sign, type HopRequest } from "./signing.ts";

let account: Account;
let caller: Record<string, string>;

beforeAll(async () => {
  account = await newAccount();
  const claims = JSON.parse(Buffer.from(account.token.split(".")[1] ?? "", "base64url").toString()) as Record<string, string>;
  caller = {
    "mindflow-caller": `kind="access", user="${claims["sub"] ?? ""}", credential="${claims["sid"] ?? ""}", scopes="${claims["scope"] ?? ""}"`,
    authorization: `Bearer ${account.token}`,
    "content-type": "application/json",
  };
});

const body = '{"title":"Through the side door"}';
const create = (): HopRequest => hopRequest("POST", "/api/tasks", body, caller);
const signed = (): HopRequest => sign(create(), edgeSigner());
const now = (): number => Math.floor(Date.now() / 1000);

/** Past the Worker too, whose gate knows nothing of what passes it by. */
async function countTasks(): Promise<number> {
  const list = await send(sign(hopRequest("GET", "/api/tasks?limit=100", "", caller), edgeSigner()));
  expect(list.status, list.text).toBe(200);
  return (JSON.parse(list.text) as { items: unknown[] }).items.length;
}

test("what is signed as the specification says is accepted", async () => {
  const before = await countTasks();
  const answer = await send(signed());
  expect(answer.status, answer.text).toBe(201);
  expect(await countTasks()).toBe(before + 1);
  const list = await send(sign(hopRequest("GET", "/api/tasks?limit=2", "", caller), edgeSigner()));
  expect(list.status, list.text).toBe(200);
});

describe("is refused with 401 and touches nothing:", () => {
  const altered = (change: (request: HopRequest) => HopRequest) => () => change(signed());
  const header = (name: string, value: string) => altered((one) => ({ ...one, headers: { ...one.headers, [name]: value } }));
  const cases: [name: string, request: () => HopRequest][] = [
    ["an unsigned request", create],
    ["a signature by another key of the same name", () => sign(create(), edgeSigner({ key: randomBytes(32) }))],
    ["a key nobody knows", () => sign(create(), edgeSigner({ keyId: "stranger", key: randomBytes(32) }))],
    ["another method", altered((one) => ({ ...one, method: "PUT" }))],
    ["another path", altered((one) => ({ ...one, path: "/api/tasks/best" }))],
    ["another query", altered((one) => ({ ...one, query: "?limit=1" }))],
    ["another body", altered((one) => ({ ...one, body: body.replace("side", "back") }))],
    ["another body with its digest", altered((one) => ({ ...one, body: "{}", headers: { ...one.headers, "content-digest": contentDigest("{}") } }))],
    ["another caller", () => header("mindflow-caller", (caller["mindflow-caller"] ?? "").replace(/user="./, 'user="f'))()],
    ["another accepted-at", header("mindflow-accepted-at", "1763834400000")],
    ["another authority", () => sign(create(), edgeSigner({ authority: "origin.example.com" }))],
    ["an expired signature", () => sign(create(), edgeSigner({ createdSeconds: now() - 120, expiresSeconds: now() - 60 }))],
    ["a signature from the future", () => sign(create(), edgeSigner({ createdSeconds: now() + 90, expiresSeconds: now() + 150 }))],
    ["a signature that holds too long", () => sign(create(), edgeSigner({ expiresSeconds: now() + 600 }))],
    ["another tag", () => sign(create(), edgeSigner({ tag: "mindflow-origin" }))],
    ["an uncovered mindflow field", header("mindflow-role", "admin")],
    ["an uncovered field of the list", header("idempotency-key", "k1")],
    ["a caller who is not the credential's", () => {
      const request = create();
      request.headers["mindflow-caller"] = 'kind="anonymous"';
      return sign(request, edgeSigner());
    }],
  ];

  test.each(cases)("%s", async (_name, request) => {
    const before = await countTasks();
    const answer = await send(request());
    expect(answer.status, answer.text).toBe(401);
    expect(answer.text).not.toMatch(/digest|nonce|expired|keyid|signature-input/i);
    expect(await countTasks()).toBe(before);
  });

  test("a request sent again", async () => {
    const request = signed();
    expect((await send(request)).status).toBe(201);
    const before = await countTasks();
    expect((await send(request)).status).toBe(401);
    expect(await countTasks()).toBe(before);
  });
});

test("the probes answer without a signature and without detail", async () => {
  for (const path of ["/livez", "/readyz"]) {
    const answer = await send({ method: "GET", path, query: "", body: "", headers: {} });
    expect(answer.status).toBe(204);
    expect(answer.text).toBe("");
  }
});
