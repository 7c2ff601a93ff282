export interface Case {
  readonly case: string;
  readonly demands: string;
  readonly verdict: "same" | "different" | "not applicable";
  readonly why?: string;
}
export interface Part {
  readonly suite: "supervisor_SUITE" | "dynamic_supervisor_test" | "supervisor_test";
  readonly title: string;
  readonly cases: readonly Case[];
}
export interface Test {
  readonly file: string;
  readonly name: string;
  readonly cases: readonly string[];
}
export function readParts(): Part[];
export function readTests(): Test[];
export function conformance(parts?: readonly Part[], tests?: readonly Test[]): string;
