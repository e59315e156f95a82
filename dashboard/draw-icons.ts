// Draws the icons of an installed MindFlow from public/icon.svg, by Chromium, into public/icons. After a change of that file:
//   node dashboard/draw-icons.ts
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const folder = join(import.meta.dirname, "public");
const rounded = readFileSync(join(folder, "icon.svg"), "utf8");
// Where the system cuts the shape, the ground goes to the edge, and the sign lies within the inner four fifths anyway.
const square = rounded.replace(/ rx="\d+"/, "");

const browser = await chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [name, size, svg] of [["192", 192, rounded], ["512", 512, rounded], ["maskable", 512, square], ["apple-touch", 180, square]] as const) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg.replace("<svg", `<svg width="${size}" height="${size}"`)}`);
  await page.screenshot({ path: join(folder, "icons", `${name}.png`), omitBackground: true });
  await page.close();
}
await browser.close();
