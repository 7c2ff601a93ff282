import { freemem } from "node:os";
import type { Isolation } from "../../host/host.js";
import type { Cell } from "../../system/cell/cell.js";

const MIB = 1024 * 1024;

/** Of what the machine has free, members more may take this part: others live here too. */
const SHARE = 0.5;

/** What a host takes beside the heap and the buffers that it tells of, bytes. */
const HOST_BYTES: Readonly<Record<Isolation, number>> = { inline: 0, thread: 8 * MIB, fork: 40 * MIB };

/** What is found out holds for so long, ms: to ask the machine takes longer than all the rest of a look. */
const HOLDS_MS = 1000;

/** A member of a pool, or a cell of a keyed group. */
interface Held {
  readonly up: boolean;
  readonly cell: Cell | undefined;
}

interface Found {
  /** What one member takes, bytes; undefined where nobody can say. */
  readonly memberBytes: number | undefined;
  /** What members more may take, bytes. */
  readonly freeBytes: number;
}

/**
 * What members take, by the beat of their hosts, and what is left for more. Inline members are part of this thread's heap:
 * nobody can say what is theirs.
 */
export class MemberMemory {
  readonly #budgetBytes: number | undefined;
  #found: Found | undefined;
  #at = 0;
  #count = 0;

  /** @param budgetBytes for all members together; undefined: a share of what is free */
  constructor(budgetBytes: number | undefined) {
    this.#budgetBytes = budgetBytes;
  }

  of(members: readonly Held[], now: number): Found {
    if (!this.#found || now - this.#at > HOLDS_MS || members.length !== this.#count) {
      this.#found = this.#find(members);
      this.#at = now;
      this.#count = members.length;
    }
    return this.#found;
  }

  #find(members: readonly Held[]): Found {
    let sum = 0;
    let told = 0;
    for (const { up, cell } of members) {
      if (!up || !cell || cell.spec.isolation === "inline") continue;
      const { heap, external } = cell.host.control.memory();
      sum += heap + external + HOST_BYTES[cell.spec.isolation];
      told++;
    }
    const memberBytes = told > 0 ? sum / told : undefined;
    if (this.#budgetBytes === undefined) return { memberBytes, freeBytes: available() * SHARE };
    return { memberBytes, freeBytes: this.#budgetBytes - (memberBytes ?? 0) * members.length };
  }
}

/** What this process can still get: within its container, where Node can say. */
function available(): number {
  const { availableMemory } = process as { availableMemory?: () => number };
  return availableMemory?.() || freemem();
}
