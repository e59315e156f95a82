// Where the stack of this run listens and keeps its data; chosen once by global-setup.ts.
import { createServer, type AddressInfo } from "node:net";
import { join, resolve } from "node:path";

export const repository = resolve(import.meta.dirname, "..");

export interface StackSettings {
  data: string;
  /** What the tests themselves keep: mail that arrived, and every secret that was in play. */
  scratch: string;
  mailPort: number;
  /** Where web.ts serves clients' documents, with a certificate that the origin of these tests trusts. */
  webPort: number;
  edgePort: number;
  originPort: number;
  postgresPort: number;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** What scripts/dev reads to act on that stack. */
export function stackEnvironment(stack: StackSettings): NodeJS.ProcessEnv {
  return {
    ...process.env,
    MINDFLOW_DATA: stack.data,
    MINDFLOW_PORT: String(stack.edgePort),
    ORIGIN_PORT: String(stack.originPort),
    POSTGRES_PORT: String(stack.postgresPort),
    SMTP_URL: `smtp://127.0.0.1:${stack.mailPort}`,
    MAIL_FROM: "MindFlow <mindflow@example.com>",
    // Limits have tests of their own; here they would only end a load early.
    USER_REQUESTS_PER_MINUTE: "1000000",
    ADDRESS_REQUESTS_PER_MINUTE: "1000000",
    AUTH_REQUESTS_PER_MINUTE: "1000000",
    TEST_WEB: `127.0.0.1:${stack.webPort}`,
    TEST_WEB_AUTHORITY: join(stack.scratch, "web", "ca.pem"),
    OAUTH_FAILURE_RATE: "1000000/3600",
    OAUTH_REGISTRATION_RATE: "1000000/3600",
    OAUTH_DOCUMENT_RATE: "1000000/3600",
    FORGOT_PASSWORD_RATE_PER_ADDRESS: "1000000/3600",
    REFRESH_FAILURE_RATE: "1000000/3600",
  };
}
