// The session where the dashboard lies on another host than the API: no cookie reaches it, so calls bring an access token.
// That one is kept in memory alone. The refresh token outlives a reload; it is used up by each renewal, so the windows of
// one browser renew one after another, and each with the newest one: an older one that comes back is taken for stolen.
import type { components } from "./schema.d.ts";

export type Tokens = components["schemas"]["Tokens"];

/** Where the refresh token lies, for all windows of this browser. */
export interface Keeper {
  read: () => string | null;
  write: (token: string | null) => void;
}

export interface Surroundings {
  base: string;
  fetch: (request: Request) => Promise<Response>;
  keeper: Keeper;
  /** Milliseconds. */
  now: () => number;
  /** Does one at a time, over all windows. */
  alone: (work: () => Promise<string | Response>) => Promise<string | Response>;
}

/** So long before its end a token is not used any more: it could end on its way. */
const marginMilliseconds = 30_000;

export class Bearer {
  readonly #around: Surroundings;
  #access: { token: string; until: number } | null = null;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  accept(tokens: Tokens): void {
    // First what outlives this page: should it end now, the other is no loss.
    this.#around.keeper.write(tokens.refresh_token);
    this.#access = { token: tokens.access_token, until: this.#around.now() + tokens.expires_in * 1000 - marginMilliseconds };
  }

  forget(): void {
    this.#access = null;
    this.#around.keeper.write(null);
  }

  /** Another window has ended the session, or begun another one: what is in memory belongs to the last. */
  drop(): void {
    this.#access = null;
  }

  /** A token that holds, renewed if need be; or the answer that the renewal got in its place. Throws as fetch does. */
  async token(not: string | null = null): Promise<string | Response> {
    const held = () => (this.#access !== null && this.#access.token !== not && this.#around.now() < this.#access.until ? this.#access.token : null);
    return held() ?? this.#around.alone(async () => held() ?? (await this.#renew()));
  }

  async #renew(): Promise<string | Response> {
    const { base, fetch, keeper } = this.#around;
    const refreshToken = keeper.read();
    if (refreshToken === null) return new Response(null, { status: 401 });
    const headers = { "Content-Type": "application/json" };
    const request = new Request(`${base}/api/auth/refresh`, { method: "POST", headers, credentials: "omit", body: JSON.stringify({ refresh_token: refreshToken }) });
    const response = await fetch(request);
    // Busy, or away: the token may still hold, so it stays.
    if (!response.ok && (response.status === 429 || response.status >= 500)) return response;
    if (!response.ok) {
      this.forget();
      return new Response(null, { status: 401 });
    }
    const tokens = (await response.json()) as Tokens;
    this.accept(tokens);
    return tokens.access_token;
  }

  /** A call with the token. One that is refused with it is made once more with the next: it may have ended early. */
  readonly fetch = async (request: Request): Promise<Response> => {
    const again = request.clone();
    const token = await this.token();
    if (typeof token !== "string") return token;
    const response = await this.#send(request, token);
    if (response.status !== 401) return response;
    const next = await this.token(token);
    return typeof next === "string" ? this.#send(again, next) : next;
  };

  #send(request: Request, token: string): Promise<Response> {
    const signed = new Request(request, { credentials: "omit" });
    signed.headers.set("Authorization", `Bearer ${token}`);
    return this.#around.fetch(signed);
  }
}
