import type { AuditEntry } from "../../../system/audit.js";

/** "resize app/digits, to 4" */
export function actText({ act, on, key, with: options = {} }: AuditEntry): string {
  const told = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  return [`${act} ${on ?? ""}${key === undefined ? "" : `[${key}]`}`.trim(), ...told].join(", ");
}

/** The name of the token that was shown, and the address that it came from. */
export function actorText({ name, address }: AuditEntry): string {
  return name === undefined ? address : `${name}, ${address}`;
}

/** By the reader's clock. */
export function whenText({ at }: AuditEntry): string {
  return new Date(at).toLocaleString([], { hour12: false });
}

/** "done", or why it was refused. */
export function outcomeText({ outcome, code }: AuditEntry): string {
  return code === undefined ? outcome : `${outcome}: ${code}`;
}
