// The bridge of MCP Apps (SEP-1865, protocol 2026-01-26) as the standard has it and no more: JSON-RPC 2.0 by postMessage
// with the window that holds this one. So it works in every host, and the file stays small.

export const PROTOCOL = "2026-01-26";

export interface ToolResult {
  content?: { type: string; text?: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

export interface HostContext {
  theme?: "light" | "dark";
}

/** What the host tells unasked. */
export interface Listener {
  toolInput: (args: Record<string, unknown>) => void;
  toolResult: (result: ToolResult) => void;
  toolCancelled: () => void;
  context: (context: HostContext) => void;
}

interface Message {
  jsonrpc: "2.0";
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: { code: number; message: string };
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

interface Initialized {
  hostContext?: HostContext;
  hostCapabilities?: { updateModelContext?: unknown };
}

/** Longer than a tool takes, shorter than a person waits. */
const PATIENCE_MS = 30_000;

export class Bridge {
  private last = 0;
  private readonly waiting = new Map<number | string, Waiting>();
  private capabilities: Initialized["hostCapabilities"];
  private readonly host: Window;
  private readonly listener: Listener;

  constructor(host: Window, listener: Listener) {
    this.host = host;
    this.listener = listener;
    window.addEventListener("message", (event: MessageEvent<unknown>) => {
      const message = event.data as Message | null;
      // Nobody but the host is listened to.
      if (event.source === this.host && message?.jsonrpc === "2.0") this.receive(message);
    });
  }

  async begin(): Promise<void> {
    const appInfo = { name: "mindflow-next", version: "1" };
    const asked = this.request("ui/initialize", { protocolVersion: PROTOCOL, appInfo, appCapabilities: {} });
    const { hostContext, hostCapabilities } = (await asked) as Initialized;
    this.capabilities = hostCapabilities;
    if (hostContext !== undefined) this.listener.context(hostContext);
    this.notify("ui/notifications/initialized", {});
  }

  async callTool(name: string, args: Record<string, unknown>): Promise<ToolResult> {
    return (await this.request("tools/call", { name, arguments: args })) as ToolResult;
  }

  /** Lets the model know what was done here, where the host can pass it on. */
  tellModel(text: string): void {
    if (this.capabilities?.updateModelContext === undefined) return;
    // A host that refuses it changes nothing for the person.
    this.request("ui/update-model-context", { content: [{ type: "text", text }] }).catch(() => undefined);
  }

  saySize(width: number, height: number): void {
    this.notify("ui/notifications/size-changed", { width, height });
  }

  private receive(message: Message): void {
    const { id, method, params = {} } = message;
    if (method === undefined) {
      this.settle(message);
    } else if (id !== undefined) {
      const known = method === "ping" || method === "ui/resource-teardown";
      this.send(known ? { id, result: {} } : { id, error: { code: -32601, message: `${method} is not known here` } });
    } else {
      this.hear(method, params);
    }
  }

  private settle({ id, result, error }: Message): void {
    const waiting = id === undefined ? undefined : this.waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.waiting.delete(id);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }

  private hear(method: string, params: Record<string, unknown>): void {
    switch (method) {
      case "ui/notifications/tool-input":
        this.listener.toolInput((params["arguments"] ?? {}) as Record<string, unknown>);
        break;
      case "ui/notifications/tool-result":
        this.listener.toolResult(params);
        break;
      case "ui/notifications/tool-cancelled":
        this.listener.toolCancelled();
        break;
      case "ui/notifications/host-context-changed":
        this.listener.context(params);
        break;
    }
  }

  private request(method: string, params: Record<string, unknown>): Promise<unknown> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Error("There was no answer in time."));
      }, PATIENCE_MS);
      this.waiting.set(id, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.send({ id, method, params });
    });
  }

  private notify(method: string, params: Record<string, unknown>): void {
    this.send({ method, params });
  }

  private send(message: Omit<Message, "jsonrpc">): void {
    // Who holds the frame is the host's own affair and may have any origin; nothing secret is sent.
    this.host.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }
}
