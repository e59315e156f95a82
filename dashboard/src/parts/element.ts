// What every element of the dashboard is: Lit in light DOM, so that one style sheet and one tree of labels serve all.
import { LitElement } from "lit";

export class Piece extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
