// The Caddyfile of the deployment in front of the real origin: it admits only the holder of our client certificate,
// and passes what the edge signed without changing a byte of it. How it goes about its two slots: caddy-slots.test.ts.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCaddy, type Caddy } from "./caddy.ts";
import { freePort } from "./stack-settings.ts";
import { data, originPort } from "./stack.ts";
import { edgeSigner, hopRequest, send, sign, type HopAnswer, type HopRequest, type Tls } from "./signing.ts";

const serverName = "origin.example.com";
let caddy: Caddy;
let tunneled: Caddy;
let tunnelPort: number;
let withCertificate: Tls;
let withoutCertificate: Tls;
let strangersCertificate: Tls;

/** A certificate for this run: a CA's own, or one that the CA signed. */
function certificate(folder: string, name: string, subject: string, ca?: string): { key: string; certificate: string } {
  const key = join(folder, `${name}.key`);
  const pem = join(folder, `${name}.pem`);
  const signer = ca === undefined ? [] : ["-CA", join(folder, `${ca}.pem`), "-CAkey", join(folder, `${ca}.key`)];
  const kind = ca === undefined ? "CA:TRUE" : "CA:FALSE";
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", `/CN=${subject}`,
      "-addext", `subjectAltName=DNS:${subject}`, "-addext", `basicConstraints=critical,${kind}`, ...signer, "-keyout", key, "-out", pem],
    { stdio: "ignore" },
  );
  return { key: readFileSync(key, "utf8"), certificate: readFileSync(pem, "utf8") };
}

beforeAll(async () => {
  const folder = mkdtempSync(join(data, "caddy-"));
  const port = await freePort();
  const ca = certificate(folder, "ca", "mindflow-test-ca").certificate;
  certificate(folder, "server", serverName, "ca");
  const client = certificate(folder, "client", "mindflow-edge", "ca");
  const stranger = certificate(folder, "stranger", "stranger");
  withoutCertificate = { port, serverName, ca };
  withCertificate = { ...withoutCertificate, ...client };
  strangersCertificate = { ...withoutCertificate, ...stranger };
  caddy = await startCaddy(folder, {
    ORIGIN_SITE: `https://${serverName}:${port}`,
    ORIGIN_UPSTREAMS: `127.0.0.1:${originPort}`,
    TLS_CERTIFICATE: join(folder, "server.pem"),
    TLS_KEY: join(folder, "server.key"),
    CLIENT_CA: join(folder, "ca.pem"),
  });
  tunnelPort = await freePort();
  tunneled = await startCaddy(folder, { ORIGIN_ENTRANCE: "tunnel", ORIGIN_SITE: `http://:${tunnelPort}`, ORIGIN_UPSTREAMS: `127.0.0.1:${originPort}` });
});

afterAll(() => {
  caddy.process.kill("SIGKILL");
  tunneled.process.kill("SIGKILL");
});

const register = () =>
  sign(
    hopRequest("POST", "/api/auth/register", JSON.stringify({ email: `${randomUUID()}@example.com`, password: "quiet otters plan ahead" }), {
      "content-type": "application/json",
      accept: "application/json",
      "user-agent": "e2e/1 (a, b; c)",
    }),
    edgeSigner(),
  );

test("a signed request comes through unchanged: the origin accepts its signature", async () => {
  const health = await send(sign(hopRequest("GET", "/health"), edgeSigner()), withCertificate);
  expect(health.status, health.text).toBe(200);
  const registered = await send(register(), withCertificate);
  expect(registered.status, registered.text).toBe(201);
  const odd = await send(sign(hopRequest("GET", "/health?b=%2F%20+&a=1&&a=%C3%A9"), edgeSigner()), withCertificate);
  expect([200, 422]).toContain(odd.status);
  expect(health.headers["server"]).toBeUndefined();
  expect(health.headers.via).toBeUndefined();
});

test("an unsigned or altered request is refused by the origin behind it", async () => {
  const unsigned = await send(hopRequest("GET", "/health"), withCertificate);
  expect(unsigned.status).toBe(401);
  const altered = register();
  altered.body = altered.body.replace("otters", "badgers");
  expect((await send(altered, withCertificate)).status).toBe(401);
});

test("nobody comes in without our client certificate, and a stranger learns only that it lives", async () => {
  await expect(send(register(), withoutCertificate)).rejects.toThrow(/ECONNRESET|socket hang up/i);
  for (const path of ["/health", "/readyz", "/api/tasks", "/livez/", "//livez/../api/tasks"]) {
    await expect(send(hopRequest("GET", path), withoutCertificate), path).rejects.toThrow(/ECONNRESET|socket hang up/i);
  }
  expect((await send(hopRequest("GET", "/livez"), withoutCertificate)).status).toBe(204);
  await expect(send(register(), strangersCertificate)).rejects.toThrow(/certificate|ECONNRESET|handshake|unknown ca/i);
});

test("behind a tunnel, where no certificate is asked, a request without a signature is refused all the same", async () => {
  const through = (request: HopRequest): Promise<HopAnswer> => send(request, undefined, tunnelPort);
  expect((await through(sign(hopRequest("GET", "/health"), edgeSigner()))).status).toBe(200);
  expect((await through(register())).status).toBe(201);
  for (const path of ["/health", "/api/tasks", "/api/auth/login", "/"]) expect((await through(hopRequest("GET", path))).status, path).toBe(401);
});
