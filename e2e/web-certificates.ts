// An authority of this run, and its certificate for the hosts that clients' documents are served from.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Hosts of real clients, which the tests stand in for. */
export const hosts = ["chatgpt.com", "chat.openai.com", "claude.ai"];

/** Writes ca.pem, web.pem and web.key. */
export function makeCertificates(folder: string): void {
  mkdirSync(folder);
  const make = (name: string, extensions: string[], signer: string[]) => {
    const options = extensions.flatMap((extension) => ["-addext", extension]);
    const files = ["-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.pem`)];
    const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", `/CN=${name}`];
    execFileSync("openssl", [...kind, ...options, ...signer, ...files], { stdio: "ignore" });
  };
  make("ca", ["basicConstraints=critical,CA:TRUE"], []);
  const names = hosts.map((host) => `DNS:${host}`).join(",");
  const signer = ["-CA", join(folder, "ca.pem"), "-CAkey", join(folder, "ca.key")];
  make("web", [`subjectAltName=${names}`, "basicConstraints=critical,CA:FALSE"], signer);
}
