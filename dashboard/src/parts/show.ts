// What is told in a toast.
import type { Made } from "../logic/made.ts";

export interface Toast {
  message: string;
  tone: "good" | "bad" | "waiting";
  /** What its button undoes. */
  undo?: Made;
  /** Or else the way back from what the server knows nothing of. */
  back?: () => void;
}

export function show(toast: Toast): void {
  window.dispatchEvent(new CustomEvent<Toast>("mf-toast", { detail: toast }));
}
