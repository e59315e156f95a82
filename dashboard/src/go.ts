// Goes to another address of the dashboard without loading it; app.ts shows what is there.

export const gone = "mf-gone";

/** `replace` for a state that nobody would go back to, like every letter of a search. */
export function go(href: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", href);
  else history.replaceState(null, "", href);
  window.dispatchEvent(new Event(gone));
}
