import { createRequire } from "node:module";

/** Whether a package could be imported from here. Nothing of it is run, so it may still turn out not to load. */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
