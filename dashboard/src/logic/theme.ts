// How it looks, kept on this device alone. src/theme-early.js reads the same before anything is painted.
export const themes = ["system", "light", "dark"] as const;
export const densities = ["comfortable", "compact"] as const;

export interface Looks {
  theme: (typeof themes)[number];
  density: (typeof densities)[number];
}

export const looksKey = "mindflow-looks";

/** What was kept; what is not known is as if nothing was. */
export function readLooks(kept: string | null): Looks {
  const words = (kept ?? "").split(" ");
  return {
    theme: themes.find((theme) => words.includes(theme)) ?? "system",
    density: densities.find((density) => words.includes(density)) ?? "comfortable",
  };
}

export function writeLooks({ theme, density }: Looks): string {
  return `${theme} ${density}`;
}
