/**
 * Writes what plain workerd needs to run one of the Workers that are compared: its configuration (Cap'n Proto text), with
 * wrangler.toml's compatibility date and Durable Objects, and the settings that the environment gives.
 *
 *   PUBLIC_URL=... ORIGIN_URL=... node config.ts rust|js|empty FOLDER ADDRESS
 *
 * `rust` is edge-worker/build as it is deployed, `js` the Worker of bench/js-worker, `empty` one that does nothing, to
 * know what workerd itself takes to start. FOLDER gets `config.capnp`, the bundle and the objects' storage. Prints the
 * path of workerd.
 *
 * The rate-limit bindings are left out: workerd has none, and only requests without a valid credential use them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { unstable_readConfig } from "wrangler";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const EMPTY = 'export class UserGate {}\nexport class TokenKeys {}\nexport default { fetch: () => new Response("ok") };\n';

export const WORKERS = ["rust", "js", "empty"] as const;
export type WorkerName = (typeof WORKERS)[number];

/** wrangler's own workerd, the program itself: what npm puts on the path is a script that starts it. */
export const WORKERD = (createRequire(import.meta.resolve("wrangler"))("workerd") as { default: string }).default;

/** What a Worker reads, by the names of its variables and secrets. */
export type Settings = Record<string, string>;

const SETTINGS = [
  "PUBLIC_URL", "ORIGIN_URL", "ORIGIN_AUTHORITY", "TOKEN_PUBLIC_KEYS", "SIGNING_KEYS", "CALLBACK_KEYS",
  "USER_REQUESTS_PER_MINUTE",
];

/** Gives the path of the configuration; workerd listens on `address` (`127.0.0.1:PORT`, 0 for a free port). */
export async function writeConfig(worker: WorkerName, folder: string, address: string, settings: Settings): Promise<string> {
  const storage = join(folder, "storage");
  mkdirSync(storage, { recursive: true });
  const wrangler = unstable_readConfig({ config: join(REPOSITORY, "wrangler.toml") }, { hideWarnings: true }) as WranglerConfig;
  const file = join(folder, "config.capnp");
  const quote = (text: string) => JSON.stringify(text);
  const list = (items: string[]) => `[\n    ${items.join(",\n    ")}\n  ]`;

  const modules = await modulesOf(worker, folder);
  const objects = wrangler.durable_objects.bindings;
  const bindings = [
    ...Object.entries({ ...wrangler.vars, ...settings }).map(
      ([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`,
    ),
    ...objects.map(({ name, class_name: className }) => `(name = ${quote(name)}, durableObjectNamespace = ${quote(className)})`),
  ];
  writeFileSync(
    file,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "storage", disk = (path = ${quote(resolve(storage))}, writable = true)),
  ],
  sockets = [(name = "http", address = ${quote(address)}, http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  compatibilityDate = ${quote(wrangler.compatibility_date)},
  compatibilityFlags = [${wrangler.compatibility_flags.map(quote).join(", ")}],
  modules = ${list(modules.map(({ name, kind, path }) => `(name = ${quote(name)}, ${kind} = embed ${quote(relative(folder, path))})`))},
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(objects.map(({ class_name: name }) => `(className = ${quote(name)}, uniqueKey = ${quote(name)}, enableSql = true)`))},
  durableObjectStorage = (localDisk = "storage"),
);
`,
    { mode: 0o600 },
  );
  return file;
}

/** Of wrangler.toml, what matters here. */
interface WranglerConfig {
  compatibility_date: string;
  compatibility_flags: string[];
  durable_objects: { bindings: { name: string; class_name: string }[] };
  vars: Settings;
}

interface Module {
  name: string;
  kind: "esModule" | "wasm";
  path: string;
}

/** The first is the Worker's entry. */
async function modulesOf(worker: WorkerName, folder: string): Promise<Module[]> {
  if (worker === "rust") {
    const built = join(REPOSITORY, "edge-worker/build");
    return [
      { name: "index.js", kind: "esModule", path: join(built, "index.js") },
      { name: "module.js", kind: "esModule", path: join(built, "module.js") },
      { name: "index_bg.wasm", kind: "wasm", path: join(built, "index_bg.wasm") },
    ];
  }
  const path = join(folder, "index.js");
  if (worker === "js") await bundle(path);
  else writeFileSync(path, EMPTY);
  return [{ name: "index.js", kind: "esModule", path }];
}

/** As wrangler bundles a Worker, and minified like the other one's glue. */
export async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(REPOSITORY, "bench/js-worker/src/index.ts")],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:workers"],
  });
}

if (import.meta.main) {
  const [name, folder, address] = process.argv.slice(2);
  const worker = WORKERS.find((known) => known === name);
  if (worker === undefined || folder === undefined || address === undefined) {
    throw new Error(`say which Worker (${WORKERS.join(", ")}), a folder and an address`);
  }
  const given = SETTINGS.map((setting) => [setting, process.env[setting] ?? ""] as const);
  await writeConfig(worker, folder, address, Object.fromEntries(given.filter(([, value]) => value !== "")));
  process.stdout.write(WORKERD);
}
