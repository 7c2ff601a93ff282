/**
 * Whether the nth request (from 1 on) goes to the canary: by count, evenly spread, so that a recorded load finds the same
 * requests there again. Pure.
 * @param share 0 to 1
 */
export function isCanarys(n: number, share: number): boolean {
  return Math.floor(n * share) > Math.floor((n - 1) * share);
}
