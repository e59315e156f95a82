// What an import did, in short, and which of its lines say more than that.
import type { ReportLine } from "../api/settings.ts";

type LineOutcome = ReportLine["outcome"];

export interface OutcomeCount {
  outcome: LineOutcome;
  count: number;
}

const order: readonly LineOutcome[] = ["created", "updated", "merged", "skipped", "noted"];

export function byOutcome(lines: readonly ReportLine[]): OutcomeCount[] {
  return order.map((outcome) => ({ outcome, count: lines.filter((line) => line.outcome === outcome).length })).filter(({ count }) => count > 0);
}

/** Lines that were skipped or about which something is to be said. */
export function telling(lines: readonly ReportLine[]): ReportLine[] {
  return lines.filter(({ outcome, because }) => outcome === "skipped" || because !== null);
}
