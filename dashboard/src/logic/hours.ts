// Working hours between the API, where a day ends at 24:00, and a field for a time of day, which has no such hour.
export interface Hours {
  start: string;
  end: string;
  days: readonly number[];
}

export function endToField(end: string): string {
  return end === "24:00" ? "00:00" : end;
}

export function endFromField(field: string): string {
  return field === "00:00" ? "24:00" : field;
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return hours * 60 + rest;
}

export type Fault = "no-time" | "order" | "no-day";

/** What the API would refuse, before it is asked. */
export function faultOf({ start, end, days }: Hours): Fault | null {
  if (start === "" || end === "") return "no-time";
  if (minutes(end) <= minutes(start)) return "order";
  return days.length === 0 ? "no-day" : null;
}

export function minutesAWeek({ start, end, days }: Hours): number {
  return (minutes(end) - minutes(start)) * days.length;
}
