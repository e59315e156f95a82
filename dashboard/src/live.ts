// News from the server: that something changed, not what; who listens reads again. A connection that comes back counts
// as news, since nobody knows what was missed.
import { connect } from "./api/where.ts";
import { backoff } from "./logic/backoff.ts";

/** The credential was revoked, or has ended. */
const policyViolation = 1008;

export class Live {
  readonly #changed: () => void;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  /** Which opening counts: a socket that comes after the next one, or after the end, is closed. */
  #opening = 0;
  #missed = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  open(): void {
    this.close();
    const opening = this.#opening;
    connect("/api/live").then(
      (socket) => {
        if (opening !== this.#opening) socket?.close();
        else if (socket === null) this.#later();
        else this.#listen(socket);
      },
      () => {
        if (opening === this.#opening) this.#later();
      },
    );
  }

  #listen(socket: WebSocket): void {
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#attempt = 0;
      if (this.#missed) this.#changed();
      this.#missed = false;
    });
    socket.addEventListener("message", () => { this.#changed(); });
    socket.addEventListener("close", ({ code }) => {
      if (this.#socket !== socket) return;
      this.#later();
      // Whoever was signed out elsewhere learns it by reading again.
      if (code === policyViolation) this.#changed();
    });
  }

  #later(): void {
    this.#missed = true;
    this.#timer = setTimeout(() => { this.open(); }, backoff(this.#attempt++, Math.random()));
  }

  close(): void {
    this.#opening++;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
