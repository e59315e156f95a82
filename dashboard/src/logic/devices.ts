// A device by what its program calls itself: enough to know one's own again, no more.
const programs: [RegExp, string][] = [
  [/\bEdgA?\//, "Edge"], [/\b(?:OPR|Opera)\//, "Opera"], [/\bSamsungBrowser\//, "Samsung Internet"], [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bCriOS\/|\b(?:Headless)?Chrome\//, "Chrome"], [/\bVersion\/[\d.]+ .*Safari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X|Macintosh/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"],
];

/** `[program, system]`; a program that is no browser is named by the first word of its own name. */
export function deviceOf(userAgent: string | null): [string | null, string | null] {
  if (userAgent === null || userAgent.trim() === "") return [null, null];
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  return [find(programs) ?? /^[^\s/]{1,40}/.exec(userAgent.trim())?.[0] ?? null, find(systems)];
}
