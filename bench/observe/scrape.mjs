import { Actor, inline, latencyBoundsMs, supervisor, system } from "../../dist/index.js";
import { metricsOf } from "../../dist/observe/metrics/door.js";
import { now } from "../measure/now.mjs";
import { median, quantile, rounded } from "../measure/stats.mjs";

/* What one look at 1,000 actors that have all worked costs the thread that serves. */

const ACTORS = 1000;
const LOOKS = 40;
/** A scrape is given to whoever asks soon after it: this is later. */
const APART_MS = 150;

class Echo extends Actor {
  echo(value) {
    return value;
  }
}

/** @param {{ rounds?: number }} options */
export async function scene({ rounds = LOOKS }) {
  const children = Object.fromEntries(Array.from({ length: ACTORS }, (_, at) => [`actor-${at}`, inline(Echo)]));
  const app = await system(supervisor({}, children));
  const metrics = await metricsOf(app);
  try {
    for (const ref of Object.values(app.refs)) {
      await Promise.all(Array.from({ length: latencyBoundsMs.length }, (_, i) => ref.ask.echo(i)));
    }
    const stats = [];
    const scrapes = [];
    let bytes = 0;
    for (let i = 0; i < rounds; i++) {
      await new Promise((resolve) => setTimeout(resolve, APART_MS));
      stats.push(timed(() => app.stats()));
      // Nothing else runs: what it waits for is itself.
      const began = now();
      bytes = (await metrics.text()).length;
      scrapes.push(now() - began);
    }
    return {
      keys: {
        metrics_1000_ms: rounded(median(scrapes)),
        metrics_1000_p95_ms: rounded(quantile(scrapes, 0.95)),
        stats_1000_ms: rounded(median(stats)),
      },
      title: "One look at 1,000 actors",
      columns: ["", "median ms", "95 %"],
      rows: [
        ["app.stats()", median(stats).toFixed(2), quantile(stats, 0.95).toFixed(2)],
        [`/metrics, ${Math.round(bytes / 1000)} kB`, median(scrapes).toFixed(1), quantile(scrapes, 0.95).toFixed(1)],
      ],
      rounds,
    };
  } finally {
    metrics.close();
    await app.stop({ drain: 0 });
  }
}

function timed(work) {
  const began = now();
  work();
  return now() - began;
}
