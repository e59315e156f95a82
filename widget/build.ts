// Builds the widget into one file that loads nothing, origin-api/assets/widget.html. With --check it writes nothing and
// fails when that is not what the source makes. The built file is kept in the repository, so that the origin builds
// without Node. The API's types are the dashboard's, which scripts/openapi makes.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const at = (path: string) => new URL(path, import.meta.url);
const BUILT = at("../origin-api/assets/widget.html");

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

async function bundled(path: string): Promise<string> {
  const result = await build({
    absWorkingDir: at(".").pathname,
    entryPoints: [path],
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox120", "safari17.5"],
    legalComments: "none",
    charset: "utf8",
    write: false,
  });
  return (result.outputFiles[0]?.text ?? "").trim();
}

async function page(): Promise<string> {
  const style = await bundled("src/page.css");
  const script = (await bundled("src/next.ts")).replaceAll("</script", "<\\/script");
  // The host has a policy of its own; this one holds whatever the host forgets.
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
  const values: Record<string, string> = { POLICY: policy, STYLE: style, SCRIPT: script };
  const template = await readFile(at("index.html"), "utf8");
  return template.replace(/%(POLICY|STYLE|SCRIPT)%/g, (_, name: string) => values[name] ?? "");
}

const made = await page();
if (!process.argv.includes("--check")) {
  await writeFile(BUILT, made);
  process.stdout.write(`widget.html: ${Buffer.byteLength(made)} bytes\n`);
} else if ((await readFile(BUILT, "utf8").catch(() => "")) !== made) {
  process.stderr.write("origin-api/assets/widget.html is not what its source makes: run node widget/build.ts\n");
  process.exitCode = 1;
}
