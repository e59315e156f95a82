// What a page of tasks shows while there are none to show: it is still reading, could not read, or there is nothing.
import { html, nothing, type TemplateResult } from "lit";
import { text } from "../strings.ts";
import type { Feed } from "./feed.ts";
import { icon, type Icon } from "./icons.ts";

/** What stands in the list's place; null when the list can be shown. */
export function standIn(feed: Feed): TemplateResult | null {
  if (feed.refusal !== null) return html`<div class="empty"><p role="alert">${feed.refusal}</p><button @click=${() => void feed.reload()}>${text.retry}</button></div>`;
  if (feed.items === null) return html`<div class="skeleton" role="status"><span class="unseen">${text.loading}</span></div><div class="skeleton"></div><div class="skeleton"></div>`;
  return null;
}

/** Nothing is here, and what to do about it. */
export function empty(sign: Icon, sentence: string, more: unknown = nothing): TemplateResult {
  return html`<div class="empty">${icon(sign)}<p>${sentence}</p>${more}</div>`;
}
