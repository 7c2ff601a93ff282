const hooks = new WeakMap<object, string>();

/** Runs a hook of the user's, and keeps which one it was where it throws: an error thrown deep inside does not say so. */
export function inHook<T>(hook: string, run: () => T): T {
  try {
    const made = run();
    if (made instanceof Promise) made.catch((error: unknown) => keep(hook, error));
    return made;
  } catch (error) {
    keep(hook, error);
    throw error;
  }
}

/** The hook that an error came out of, where one is known. */
export function hookOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null ? hooks.get(error) : undefined;
}

function keep(hook: string, error: unknown): void {
  if (typeof error === "object" && error !== null && !hooks.has(error)) hooks.set(error, hook);
}
