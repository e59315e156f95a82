// Where the API is, and how a call shows whose it is: the page's own origin and its session cookie, or, where
// scripts/build-pages has written another address into the page, bearer tokens.
import { Bearer } from "./bearer.ts";

const named = document.querySelector<HTMLMetaElement>('meta[name="mindflow-api"]')?.content ?? "";

export const apiBase = named === "" ? location.origin : named;

const refreshKey = "mindflow-refresh";

function makeBearer(): Bearer {
  const bearer = new Bearer({
    base: apiBase,
    fetch: (request) => fetch(request),
    keeper: {
      read: () => localStorage.getItem(refreshKey),
      write: (token) => {
        if (token === null) localStorage.removeItem(refreshKey);
        else localStorage.setItem(refreshKey, token);
      },
    },
    now: () => Date.now(),
    alone: async (work) => navigator.locks.request("mindflow-refresh", work),
  });
  // Signing in and out in one window is seen by the others.
  window.addEventListener("storage", ({ key, oldValue, newValue }) => {
    if (key !== refreshKey || (oldValue !== null && newValue !== null)) return;
    bearer.drop();
    window.dispatchEvent(new Event(newValue === null ? "mf-signed-out" : "mf-signed-in"));
  });
  return bearer;
}

/** Null where the cookie does it. */
export const bearer = named === "" ? null : makeBearer();

/** A socket of the API, which brings its credential as such a call does; null where there is none. */
export async function connect(path: string): Promise<WebSocket | null> {
  const address = `${apiBase.replace(/^http/, "ws")}${path}`;
  if (bearer === null) return new WebSocket(address);
  const token = await bearer.token();
  return typeof token === "string" ? new WebSocket(address, ["mindflow", token]) : null;
}
