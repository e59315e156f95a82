/**
 * Profiles a workerd that runs with `--inspector-addr`, and prints where its time goes, by function.
 *
 *   node profile.ts 127.0.0.1:PORT SECONDS
 *
 * Functions of the WASM module have their Rust names where the module kept its names section. What V8 calls `(program)`
 * is native code: workerd's own, and that of its APIs where no JavaScript frame stands for it.
 */
export {};

const ROWS = 45;
/** Between two samples. */
const INTERVAL_US = 100;

interface Node {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
}

interface Profile {
  nodes: Node[];
  samples: number[];
  timeDeltas: number[];
}

const [address = "", seconds = "5"] = process.argv.slice(2);
const targets = (await (await fetch(`http://${address}/json`)).json()) as { webSocketDebuggerUrl: string }[];
const url = targets[0]?.webSocketDebuggerUrl;
if (url === undefined) throw new Error(`no Worker to inspect at ${address}`);
const socket = new WebSocket(url);
await new Promise((opened, failed) => {
  socket.addEventListener("open", opened, { once: true });
  socket.addEventListener("error", failed, { once: true });
});

let last = 0;
function send(method: string, params: object = {}): Promise<unknown> {
  const id = ++last;
  return new Promise((done, failed) => {
    const listener = ({ data }: MessageEvent): void => {
      const message = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } };
      if (message.id !== id) return;
      socket.removeEventListener("message", listener);
      if (message.error === undefined) done(message.result);
      else failed(new Error(`${method}: ${message.error.message}`));
    };
    socket.addEventListener("message", listener);
    socket.send(JSON.stringify({ id, method, params }));
  });
}

await send("Profiler.enable");
await send("Profiler.setSamplingInterval", { interval: INTERVAL_US });
await send("Profiler.start");
await new Promise((done) => setTimeout(done, Number(seconds) * 1000));
const { profile } = (await send("Profiler.stop")) as { profile: Profile };
socket.close();

const names = new Map(
  profile.nodes.map(({ id, callFrame: { functionName, url: file, columnNumber } }) => {
    const name = functionName === "" ? `(anonymous at column ${columnNumber})` : functionName;
    return [id, file.startsWith("wasm") ? `wasm ${name}` : name];
  }),
);
const self = new Map<string, number>();
let total = 0;
profile.samples.forEach((node, index) => {
  const name = names.get(node) ?? "?";
  const delta = profile.timeDeltas[index] ?? 0;
  if (name === "(idle)") return;
  total += delta;
  self.set(name, (self.get(name) ?? 0) + delta);
});
const lines = [...self]
  .sort(([, a], [, b]) => b - a)
  .slice(0, ROWS)
  .map(([name, time]) => `| ${((100 * time) / total).toFixed(1)} | ${(time / 1000).toFixed(0)} | ${name.slice(0, 120)} |`);
process.stdout.write(["| % of busy time | self ms | function |", "| --- | --- | --- |", ...lines, ""].join("\n"));
