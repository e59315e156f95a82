// The page of a host, as an assistant's conversation would be one: the reference host's bridge (AppBridge) around a
// frame that holds the widget. e2e/widget.test.ts bundles it, and gives it the tools and the widget's HTML.
import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";
import type { ToolResult } from "../src/bridge.ts";

interface Host {
  /** Calls a tool of the server, by the test. */
  callTool: (name: string, args: Record<string, unknown>) => Promise<ToolResult>;
  /** What the model would be told. */
  told: string[];
  open: (html: string, theme: "light" | "dark", args: Record<string, unknown>) => Promise<void>;
  setTheme: (theme: "light" | "dark") => void;
}

declare global {
  interface Window {
    host: Host;
    callTool: Host["callTool"];
  }
}

let bridge: AppBridge | undefined;

window.host = {
  callTool: (name, args) => window.callTool(name, args),
  told: [],
  async open(html, theme, args) {
    const frame = document.createElement("iframe");
    // As hosts do it: scripts, but an origin of its own.
    frame.setAttribute("sandbox", "allow-scripts");
    document.body.replaceChildren(frame);
    const inside = frame.contentWindow;
    if (inside === null) throw new Error("the frame has no window");
    const capabilities = { serverTools: {}, updateModelContext: { text: {} } };
    const opened = new AppBridge(null, { name: "A host", version: "1" }, capabilities, { hostContext: { theme } });
    bridge = opened;
    opened.oncalltool = async (params) => (await window.host.callTool(params.name, params.arguments ?? {})) as never;
    opened.onupdatemodelcontext = (params) => {
      window.host.told.push(JSON.stringify(params.content));
      return Promise.resolve({});
    };
    opened.addEventListener("sizechange", ({ height }) => {
      if (height !== undefined) frame.style.height = `${height}px`;
    });
    const begun = new Promise<void>((done) => {
      opened.addEventListener("initialized", () => {
        done();
      });
    });
    await opened.connect(new PostMessageTransport(inside, inside));
    frame.srcdoc = html;
    await begun;
    await opened.sendToolInput({ arguments: args });
    await opened.sendToolResult((await window.host.callTool("what_next", args)) as never);
  },
  setTheme(theme) {
    bridge?.setHostContext({ theme });
  },
};
