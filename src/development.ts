/** Development mode: mistakes are looked for at a cost, and named. Off where `NODE_ENV=production`, as everywhere in Node. */
export const development = process.env.NODE_ENV !== "production";
