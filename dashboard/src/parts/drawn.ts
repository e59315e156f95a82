// The next frame: what answers a person goes into it, and what they need not wait for comes after it.

/** Kept when the next frame is drawn. A window behind others draws none, and waits no longer than a person would notice. */
export function drawn(): Promise<void> {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 100);
  });
}
