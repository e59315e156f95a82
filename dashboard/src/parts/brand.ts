// Whose page it is, where nothing else says so: at the door, and where something went wrong in front of it.
import { html, type TemplateResult } from "lit";
import { text } from "../strings.ts";

export function brand(): TemplateResult {
  return html`<div class="brand"><img src="/icon.svg" alt="" width="44" height="44" /><span>${text.product}</span></div>`;
}
