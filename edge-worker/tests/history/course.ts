/** A course of events for the callers: calm, lost answers with late commits, evictions at rest and in the middle, news. */
import { setTimeout as sleep } from "node:timers/promises";
import { Edge } from "../harness/edge.ts";
import { settings } from "../harness/settings.ts";
import { Callers, type Counts } from "./callers.ts";
import { Model } from "./model.ts";

const CONNECTIONS = 24;

export interface Outcome {
  violations: string[];
  counts: Counts;
  fetched: number;
  cut: number;
}

export interface Wanted {
  /** Reads and changes at least. */
  operations: number;
  /** Ends as soon as something is wrong. */
  untilViolation: boolean;
  /** Reads and changes between events. */
  stretch: number;
  /** Goes on for this many milliseconds after lost answers, until the gate keeps answers again. */
  rest: number;
  /** At the most, in milliseconds. */
  deadline: number;
}

export async function run(wanted: Wanted): Promise<Outcome> {
  const model = await Model.start();
  const edge = await Edge.start(settings(model.port));
  const callers = new Callers(model, edge.url);
  const until = Date.now() + wanted.deadline;
  const isOver = () =>
    Date.now() > until || callers.operations >= wanted.operations || (wanted.untilViolation && model.violations.length > 0);
  const go = async (operations: number): Promise<void> => {
    const end = callers.operations + operations;
    while (callers.operations < end && !isOver()) await sleep(10);
  };
  const rest = async (): Promise<void> => {
    const end = Date.now() + wanted.rest;
    while (Date.now() < end && !isOver()) await sleep(50);
  };
  const evict = async (): Promise<void> => {
    callers.hold();
    await edge.restart();
    callers.moveTo(edge.url);
  };
  try {
    callers.start(CONNECTIONS);
    while (!isOver()) {
      await go(wanted.stretch);
      // The origin's own news, and other data.
      for (let count = 0; count < 5 && !isOver(); count++) {
        await callers.tell();
        await go(wanted.stretch / 10);
      }
      model.restore();
      await go(wanted.stretch / 2);
      await callers.tell();
      await go(wanted.stretch / 2);
      // Evicted while nothing is under way: what is kept is served again.
      await callers.stop();
      if (isOver()) break;
      await evict();
      callers.start(CONNECTIONS);
      await go(wanted.stretch);
      // Evicted in the middle, with changes on their way that are committed when the Worker is back.
      model.faults = { lost: 1, soonest: 6_000, late: 15_000 };
      while (model.held < 5 && !isOver()) await sleep(10);
      await evict();
      model.mend();
      await go(wanted.stretch);
      await rest();
      await go(wanted.stretch);
      // Lost answers, committed up to five seconds late.
      model.faults = { lost: 0.5, soonest: 0, late: 5_000 };
      await go(wanted.stretch / 2);
      model.mend();
      await go(wanted.stretch);
      await rest();
    }
    await callers.stop();
    return { violations: model.violations, counts: callers.counts, fetched: model.fetched, cut: model.cut };
  } finally {
    await callers.stop();
    await edge.close();
    await model.close();
  }
}
