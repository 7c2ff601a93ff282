/** A death that a message was charged with. */
export interface Charge {
  /** The number of its report. */
  readonly report: number;
  /** In one line. */
  readonly cause: string;
}

/** What few messages need. */
export class Rare {
  deaths = 0;
  replay = false;
  sequence = 0;
  suspect = false;
  charges: Charge[] | undefined = undefined;
  partsDelivered = 0;
  onPart: ((value: unknown) => void) | undefined = undefined;
  onConsumed: (() => void) | undefined = undefined;
  end: (() => void) | undefined = undefined;
}
