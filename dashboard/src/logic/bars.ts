// The parts of a score as bars: to scale with one another, and adding up to the score exactly as shown.
import type { Part } from "../api/client.ts";

export interface Bar {
  factor: Part["factor"];
  points: number;
  /** Of the widest bar, 0 to 100. */
  width: number;
  negative: boolean;
  because: string;
}

/** Largest first; what gives nothing is left out. */
export function barsOf(parts: readonly Part[]): Bar[] {
  const telling = parts.filter((part) => part.points !== 0);
  const widest = Math.max(0, ...telling.map((part) => Math.abs(part.points)));
  return telling
    .map((part) => ({
      factor: part.factor,
      points: part.points,
      width: (Math.abs(part.points) / widest) * 100,
      negative: part.points < 0,
      because: part.because,
    }))
    .sort((one, other) => other.points - one.points);
}

/** With a sign and two decimals, as the API gives points. */
export function signed(points: number): string {
  return `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(2)}`;
}
