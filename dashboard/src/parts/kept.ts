// What is kept on this device alone. A browser may keep nothing, by its settings or for want of room: whoever keeps is told.

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Whether it is kept now; null forgets. */
export function keep(key: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/** Tells when another window has changed what is kept, until the returned function is called. */
export function followKept(key: () => string, tell: (value: string | null) => void): () => void {
  const changed = (event: StorageEvent) => {
    // Without a key all of it was cleared.
    if (event.key === null || event.key === key()) tell(kept(key()));
  };
  window.addEventListener("storage", changed);
  return () => { window.removeEventListener("storage", changed); };
}
