export interface Arrival {
  at: number;
  serviceMs: number;
}
export function clairvoyantPlan(load: {
  arrivals: readonly Arrival[];
  min: number;
  max: number;
  targetWaitMs: number;
  startMs: number;
  stepMs: number;
  forMs: number;
}): { memberMs: number; sizes: number[] };
