/** What a reading is counted in. 1 MB is 1024 · 1024 bytes, as everywhere here. */
export type ReadingUnit = "%" | "ms" | "bytes" | "bytes/h" | "°C" | "count";

/** One number that a monitor has read of its surroundings. */
export interface Reading {
  /** "memory", "disk": see the table of readings in docs/monitor.md. */
  readonly name: ReadingName;
  /** Which folder or peer, for those that are of one. */
  readonly of?: string;
  readonly unit: ReadingUnit;
  readonly value: number;
}

/** What there is to know of a kind of reading before it is read. */
export interface ReadingKind {
  readonly unit: ReadingUnit;
  /** What it is of; absent: of this process or its machine. */
  readonly of?: "folder" | "peer";
  /** In words, for errors and pages. */
  readonly says: string;
}

const kinds = {
  "loop-delay": { unit: "ms", says: "longest delay of the event loop since the last look" },
  "loop-use": { unit: "%", says: "time in which the event loop worked" },
  cpu: { unit: "%", says: "processor time of the machine that is used, of all cores" },
  "process-cpu": { unit: "%", says: "processor time of this process, 100 % is one core" },
  memory: { unit: "%", says: "memory in use, of the machine or of the container's limit, whichever is nearer" },
  "memory-free": { unit: "bytes", says: "memory that can still be had" },
  rss: { unit: "bytes", says: "memory of this process with its threads" },
  "pressure-cpu": { unit: "%", says: "time in which something waited for a processor" },
  "pressure-memory": { unit: "%", says: "time in which something waited for memory" },
  "pressure-io": { unit: "%", says: "time in which something waited for a disk" },
  disk: { unit: "%", of: "folder", says: "space in use on the disk of a folder" },
  "disk-free": { unit: "bytes", of: "folder", says: "space that is left on the disk of a folder" },
  folder: { unit: "bytes", of: "folder", says: "size of the files in a folder" },
  "folder-growth": { unit: "bytes/h", of: "folder", says: "how fast they grow" },
  "round-trip": { unit: "ms", of: "peer", says: "time of a TCP connect" },
  unreachable: { unit: "ms", of: "peer", says: "time since the last connect that succeeded; 0 while they do" },
  temperature: { unit: "°C", says: "of the processor" },
  "disks-failing": { unit: "count", says: "disks that foretell their failure (SMART)" },
} as const satisfies Record<string, ReadingKind>;

export type ReadingName = keyof typeof kinds;

/** Every kind of reading by name. */
export const readingKinds: Readonly<Record<ReadingName, ReadingKind>> = kinds;

/** Whether there is a reading of that name. */
export function isReadingName(name: string): name is ReadingName {
  return Object.hasOwn(kinds, name);
}

/** "disk of ./state": what rules and readings are matched by. */
export function readingKey(name: ReadingName, of: string | undefined): string {
  return of === undefined ? name : `${name} of ${of}`;
}
