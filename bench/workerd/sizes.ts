/**
 * Prints how large the two Workers are, as they are uploaded: the Rust one's module and its glue, the JavaScript one's
 * bundle, and each as gzip and Brotli make it.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bundle } from "./config.ts";

const built = resolve(import.meta.dirname, "../../edge-worker/build");
const folder = mkdtempSync(join(tmpdir(), "mindflow-sizes-"));
try {
  await bundle(join(folder, "index.js"));
  const files = [
    ["Rust, WASM", join(built, "index_bg.wasm")],
    ["Rust, JavaScript around it", join(built, "module.js")],
    ["JavaScript", join(folder, "index.js")],
  ] as const;
  const rows = files.map(([name, path]) => {
    const bytes = readFileSync(path);
    return `| ${name} | ${bytes.length} | ${gzipSync(bytes).length} | ${brotliCompressSync(bytes).length} |`;
  });
  process.stdout.write(["", "| bytes | raw | gzip | Brotli |", "| --- | --- | --- | --- |", ...rows, ""].join("\n"));
} finally {
  rmSync(folder, { recursive: true });
}
