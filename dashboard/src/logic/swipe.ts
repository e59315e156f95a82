// What a finger that was drawn over a row means.
const farEnough = 72;

/** To the right it is done, to the left it is for later; null for a movement that is short, or that scrolls. */
export function swiped(dx: number, dy: number): "done" | "later" | null {
  if (Math.abs(dx) < farEnough || Math.abs(dx) < Math.abs(dy) * 2) return null;
  return dx > 0 ? "done" : "later";
}
