// Recurrence rules that look random and are the same in every run, and the zones to try them in.
export const zones = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "America/Santiago",
];

/** Numbers that look random and are the same in every run (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

export function randomRule(below: (below: number) => number): string {
  const one = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
  const some = (choices: readonly (number | string)[]): string => [...new Set([one(choices), one(choices), one(choices)])].join(",");
  const maybe = (part: string): string => (below(2) === 0 ? part : "");
  const interval = maybe(`;INTERVAL=${1 + below(4)}`);
  const nth = `${one([1, 2, 3, 4, -1, -2])}${one(weekdays)}`;
  const monthDays = some([1, 2, 15, 28, 29, 30, 31, -1, -2, -31]);
  const rule = one([
    () => `FREQ=DAILY${interval}${maybe(`;BYMONTH=${some([1, 3, 4, 10, 11])}`)}`,
    () => `FREQ=WEEKLY${interval}${maybe(`;BYDAY=${some(weekdays)}`)}${maybe(`;WKST=${one(["MO", "SU"])}`)}`,
    () => `FREQ=MONTHLY${interval}${maybe(`;BYMONTHDAY=${monthDays}`)}`,
    () => `FREQ=MONTHLY${interval};BYDAY=${nth}`,
    () => `FREQ=MONTHLY${interval};BYDAY=MO,TU,WE,TH,FR;BYSETPOS=${one([1, 2, -1, -3])}`,
    () => `FREQ=YEARLY${interval}${maybe(`;BYMONTH=${some([2, 3, 6, 10, 12])}`)}`,
    () => `FREQ=YEARLY${interval};BYMONTH=${one([1, 3, 11])};BYDAY=${nth}`,
    () => `FREQ=YEARLY;BYMONTH=${some([2, 4, 12])};BYMONTHDAY=${monthDays}`,
  ])();
  return rule + one(["", "", `;COUNT=${2 + below(7)}`, `;UNTIL=2033${one(["0101", "0630", "1231"])}T120000Z`]);
}
