// What counts how much: presets by name, and what other weights would move.
import type { PreviewItem, Weights } from "../api/settings.ts";

export type Factor = keyof Weights;

/** In the order in which they are shown: what most people change first. */
export const factors = ["urgency", "importance", "fit", "small", "unblocks", "started", "time_of_day", "age", "not_now"] as const satisfies readonly Factor[];

export const most = 3;

/** What differs from 1; a test holds it against shared-types/src/weights.rs. */
export const presets = {
  balanced: {},
  "deadlines-first": { urgency: 3, importance: 0.5 },
  "important-first": { urgency: 0.5, importance: 3 },
  "quick-wins": { urgency: 0.5, importance: 0.25, fit: 2, small: 3 },
} as const satisfies Record<string, Partial<Weights>>;

export type Preset = keyof typeof presets;

export function weightsOf(preset: Preset): Weights {
  const changed: Partial<Weights> = presets[preset];
  return Object.fromEntries(factors.map((factor) => [factor, changed[factor] ?? 1])) as Weights;
}

export function isSame(one: Weights, other: Weights): boolean {
  return factors.every((factor) => one[factor] === other[factor]);
}

export function presetOf(weights: Weights): Preset | null {
  return (Object.keys(presets) as Preset[]).find((preset) => isSame(weights, weightsOf(preset))) ?? null;
}

/** A number from 0 to 3 with two decimals, as the API takes it; null where there is none. */
export function readWeight(typed: string): number | null {
  const number = typed.trim() === "" ? NaN : Number(typed.replace(",", "."));
  return Number.isFinite(number) ? Math.round(Math.min(most, Math.max(0, number)) * 100) / 100 : null;
}

export interface Place {
  id: string;
  title: string;
  /** How many places further up than under the present weights; negative for further down. */
  up: number;
}

/** The first tasks of a preview, with the places that they would gain or lose among all that it has. */
export function places(items: readonly PreviewItem[], count: number): Place[] {
  const before = items.toSorted((one, other) => other.was - one.was).map(({ task }) => task.id);
  return items.slice(0, count).map(({ task }, now) => ({ id: task.id, title: task.title, up: before.indexOf(task.id) - now }));
}
