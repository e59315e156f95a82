// What the command palette offers for a line that was typed: places and commands that have all of its words, those first
// where a word begins with what was typed.

export interface Command {
  id: string;
  label: string;
  /** The keys that do the same, `g t` one after the other; empty when there are none. */
  keys: string;
}

/** Lower case, without accents, for comparing; the API's search folds in the same way. */
export function folded(line: string): string {
  return line.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** How well a label fits: 0 where it begins with the line, 1 where words of it begin so, 2 where the words are within; else null. */
function misfit(label: string, line: string): number | null {
  const [all, typed] = [folded(label), folded(line).trim()];
  const words = typed.split(/\s+/);
  if (!words.every((word) => all.includes(word))) return null;
  if (all.startsWith(typed)) return 0;
  const beginnings = all.split(/[^\p{L}\p{N}]+/u);
  return words.every((word) => beginnings.some((one) => one.startsWith(word))) ? 1 : 2;
}

/** The commands that fit, best first; those that fit alike stay in their order. */
export function fitting<T extends Command>(commands: readonly T[], line: string): T[] {
  return commands
    .map((command) => ({ command, misfit: misfit(command.label, line) }))
    .filter((one): one is { command: T; misfit: number } => one.misfit !== null)
    .toSorted((one, other) => one.misfit - other.misfit)
    .map(({ command }) => command);
}

/** The place after a step in a list of options, around its ends; -1 is none. */
export function stepped(at: number, step: 1 | -1, count: number): number {
  if (count === 0) return -1;
  return at === -1 ? (step === 1 ? 0 : count - 1) : (at + step + count) % count;
}
