// News from the server: that something changed, not what; who listens reads again. A connection that comes back counts
// as news, since nobody knows what was missed.
import { backoff } from "./logic/backoff.ts";

export class Live {
  readonly #changed: () => void;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #missed = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  open(): void {
    this.close();
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/live`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#attempt = 0;
      if (this.#missed) this.#changed();
      this.#missed = false;
    });
    socket.addEventListener("message", () => { this.#changed(); });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.#missed = true;
      this.#timer = setTimeout(() => { this.open(); }, backoff(this.#attempt++, Math.random()));
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
