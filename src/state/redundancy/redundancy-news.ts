/** What a redundant disk tells. */
export type RedundancyNews =
  /** A disk is left out: what is promised to survive is less by one disk. */
  | { readonly kind: "disk-left-out"; readonly disk: string; readonly left: number; readonly text: string }
  /** A disk has everything again. */
  | { readonly kind: "disk-rebuilt"; readonly disk: string; readonly left: number; readonly text: string }
  /** Something damaged was made whole from what other disks have. */
  | { readonly kind: "repaired"; readonly disk: string; readonly path: string; readonly text: string };
