/**
 * How much of a proof is run: all of it (`npm run proof`, up to an hour), or a tenth (`npm run proof:short`, minutes, in CI).
 * The same is asserted, but for what takes many deaths to show: where the memory of a large model settles.
 */
export const short = process.env.HOLDFAST_PROOF === "short";
