import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MAX_ANSWER } from "../../src/client/v2/options.js";
import { ACTIVITY_KEPT } from "../../src/dashboard/page/incidents/activity.js";
import { REPORTS_KEPT } from "../../src/dashboard/page/news-desk.js";
import { TURNED_KEPT } from "../../src/dashboard/page/page-state.js";
import { POINTS_KEPT } from "../../src/dashboard/page/series/points.js";
import { UNITS_KEPT } from "../../src/dashboard/page/series/series.js";
import { FOLDED_FROM } from "../../src/dashboard/page/tree/tree-lines.js";
import * as defaults from "../../src/defaults.js";
import { milliseconds } from "../../src/duration.js";
import { MOST_STRANGERS } from "../../src/gateway/admin/auditor.js";
import { NETWORKS } from "../../src/gateway/attempts.js";
import { PUSHED_LIMIT } from "../../src/gateway/outbox.js";
import { v2Defaults } from "../../src/gateway/v2/options.js";
import { GATHER_MS } from "../../src/gateway/watchers.js";
import { HOST_ENTRIES } from "../../src/host/actor-number.js";
import { LOG_BURST, LOG_PER_SECOND } from "../../src/host/log-budget.js";
import { LONGEST_TEXT } from "../../src/host/plain-fields.js";
import { eventDefaults } from "../../src/observe/history/event-log.js";
import { historyDefaults } from "../../src/observe/history/history.js";
import { METRIC_ACTORS } from "../../src/observe/metrics/actor-labels.js";
import { METRIC_VERSIONS } from "../../src/observe/metrics/model-samples.js";
import { FRESH_MS } from "../../src/observe/metrics/scrape.js";
import { BLIND_MS } from "../../src/observe/monitor/rules/judge-rule.js";
import { MOST_FILES } from "../../src/observe/monitor/sources/folder.js";
import * as requests from "../../src/protocol/v2/infer-request.js";
import { jsonLimits } from "../../src/protocol/v2/parse-json.js";
import { defaultMaxWaiting } from "../../src/serving/batching/batch-options.js";
import { keyedOptions } from "../../src/serving/model/sequence-options.js";
import * as policies from "../../src/serving/policies/policy-defaults.js";
import { PROBE_EVERY } from "../../src/serving/repository/version/probe.js";
import { COPY_ATTEMPTS } from "../../src/state/backup/backup-options.js";
import { DEFAULT_CHECKPOINT_BYTES, DEFAULT_SEGMENT_BYTES } from "../../src/state/files/files-options.js";
import { LARGEST_PAYLOAD } from "../../src/state/files/record.js";
import { GROUP_BYTES, retryAfter } from "../../src/state/files/rules.js";
import { presets } from "../../src/supervision/presets.js";
import * as standby from "../../src/system/standby/standby-pace.js";
import { MOST_HAPPENINGS } from "../../src/xstate/happenings.js";

const MIB = 1024 * 1024;

/** What the page says in its first two columns, and the number behind it. */
const told: [what: string, says: RegExp, is: number, unit: number][] = [
  ["an ask waits", /^(\d+) s$/, milliseconds(defaults.DEFAULT_ASK_TIMEOUT, "ask"), 1000],
  ["one run of a handler", /^(\d+) s,/, milliseconds(defaults.DEFAULT_METHOD_LIMIT, "limit"), 1000],
  ["messages in a mailbox", /^(\d+)$/, defaults.DEFAULT_MAILBOX_MESSAGES, 1],
  ["bytes in a mailbox", /^(\d+) MiB$/, defaults.DEFAULT_MAILBOX_BYTES, MIB],
  ["bytes in all mailboxes of a system together", /^(\d+) MiB$/, defaults.DEFAULT_MAIL_BYTES, MIB],
  ["messages handed to a host ahead of execution", /^(\d+)$/, defaults.DEFAULT_WINDOW, 1],
  ["the same, to a pool's member", /^(\d+)$/, defaults.POOL_MEMBER_WINDOW, 1],
  ["bytes of large arrays ahead of execution", /^(\d+) MiB$/, defaults.WINDOW_BYTES, MIB],
  ["deaths of one message", /^(\d+)$/, defaults.POISON_DEATHS, 1],
  ["items that wait for a batch", /^(\d+)$/, defaultMaxWaiting, 1],
  ["messages that one host executes at once", /^(\d+)$/, HOST_ENTRIES, 1],
  ["messages kept to run again", /^(\d+)$/, defaults.DEFAULT_TAIL_MESSAGES, 1],
  ["events of a machine's own that wait for it", /^(\d+)$/, MOST_HAPPENINGS, 1],
  ["outcomes of a durable actor that wait for the store", /^(\d+)$/, defaults.HELD_OUTCOMES, 1],
  ["their bytes", /^(\d+) MiB$/, defaults.DEFAULT_TAIL_BYTES, MIB],
  ["events between two snapshots of an event-sourced actor", /^(\d+)$/, defaults.DEFAULT_EVENTS_PER_SNAPSHOT, 1],
  ["events kept of one that is not durable, and events of one message", /^(\d+)$/, defaults.DEFAULT_EVENTS, 1],
  ["their bytes in memory", /^(\d+) MiB$/, defaults.DEFAULT_TAIL_BYTES, MIB],
  ["a journal file of `files()`", /^(\d+) MiB$/, DEFAULT_SEGMENT_BYTES, MIB],
  ["journals between two checkpoints of `files()`", /^(\d+) MiB$/, DEFAULT_CHECKPOINT_BYTES, MIB],
  ["changes that go with one sync", /^(\d+) MiB$/, GROUP_BYTES, MIB],
  ["one batch of changes", /^(\d+) MiB$/, LARGEST_PAYLOAD, MIB],
  ["pause between two tries of a store that failed", /^(\d+) s$/, retryAfter(Number.POSITIVE_INFINITY), 1000],
  ["copies of a store that puts checkpoints in the place of what is copied", /^(\d+)$/, COPY_ATTEMPTS, 1],
  ["keys of a keyed group", /^(\d+)$/, defaults.DEFAULT_MAX_KEYS, 1],
  ["a key without messages", /^(\d+) min$/, milliseconds(defaults.DEFAULT_KEY_IDLE, "idle"), 60_000],
  ["children of a dynamic supervisor", /^(\d+)$/, defaults.DEFAULT_MAX_CHILDREN, 1],
  ["children that one actor spawned", /^(\d+)$/, defaults.DEFAULT_MAX_SPAWNED, 1],
  ["threads and processes of a system", /^(\d+)$/, defaults.MAX_HOSTS, 1],
  ["of these, for growth and spares", /^(\d+)$/, defaults.HOSTS_FOR_GROWTH, 1],
  ["messages whose events a replica is behind", /^(\d+)$/, standby.MOST_BEHIND, 1],
  ["a stateless replica answers its promotion", /^(\d+) s$/, standby.PROMOTED_WITHIN_MS, 1000],
  ["pause before a replica that failed is made again", /^(\d+) s$/, standby.standbyPace.longestPauseMs, 1000],
  [
    "handlers of an incarnation that is over, which still run",
    /^(\d+) s$/,
    milliseconds(defaults.DEFAULT_GRACE, "grace"),
    1000,
  ],
  ["`app.stop()` lets queued work finish", /^(\d+) s$/, milliseconds(defaults.DEFAULT_DRAIN, "drain"), 1000],
  ["a child's `stop()`, after that", /^(\d+) s$/, presets.server.shutdownMs, 1000],
  ["a killed thread leaves", /^(\d+) s$/, milliseconds(defaults.ABANDON_AFTER, "abandon"), 1000],
  ["`app.drain()` waits for what is drained", /^(\d+) s$/, milliseconds(defaults.DEFAULT_DRAIN, "drain"), 1000],
  ["a hang by `app.hang()`", /^(\d+) min$/, milliseconds(defaults.DEFAULT_HANG, "hang"), 60_000],
  ["attempts of a call", /^(\d+)$/, policies.RETRY_ATTEMPTS, 1],
  ["calls made again, of all", /^(\d+) %$/, policies.RETRY_BUDGET, 0.01],
  ["calls asked twice, of all", /^(\d+) %$/, policies.HEDGE_BUDGET, 0.01],
  ["answers kept by a response cache", /^(\d+) MiB$/, policies.CACHE_BYTES, MIB],
  ["the age of such an answer", /^(\d+) min$/, milliseconds(policies.CACHE_TTL, "ttl"), 60_000],
  ["calls that a half-open breaker lets through", /^(\d+)$/, policies.BREAKER_PROBES, 1],
  ["shared memory for large arrays", /^(\d+) MiB$/, defaults.DEFAULT_SLAB_BYTES, MIB],
  ["lines that a thread or process logs at once, and in a second after that", /^(\d+)$/, LOG_BURST, 1],
  ["lines that it logs in a second, as long as it likes", /^(\d+)$/, LOG_PER_SECOND, 1],
  ["characters of a line, and of a text in its fields", /^(\d+)$/, LONGEST_TEXT, 1],
  ["files that a monitor counts in a folder", /^(\d+)$/, MOST_FILES, 1],
  ["a rule of the monitor whose reading is gone goes on", /^(\d+) s$/, BLIND_MS, 1000],
  ["dead letters kept", /^(\d+)$/, defaults.KEPT_LETTERS, 1],
  ["bytes of their arguments", /^(\d+) MiB$/, defaults.LETTER_PAYLOAD_BYTES, MIB],
  ["bytes pushed to a watcher that does not read", /^(\d+) MiB$/, PUSHED_LIMIT, MIB],
  ["the tree is looked at, however much happens", /^(\d+) ms$/, GATHER_MS, 1],
  ["units with a history", /^(\d+)$/, historyDefaults.units, 1],
  ["steps of 2 s in it", /^(\d+)$/, historyDefaults.steps * (historyDefaults.stepMs / 2000), 1],
  ["the age of events", /^(\d+) min$/, eventDefaults.ageMs, 60_000],
  ["events kept: dead letters", /^(\d+)$/, eventDefaults.letters, 1],
  ["changes in the lives of children", /^(\d+)$/, eventDefaults.lives, 1],
  ["all others", /^(\d+)$/, eventDefaults.others, 1],
  ["bytes of each of these three", /^(\d+) MiB$/, eventDefaults.bytes, MIB],
  ["of each of these three, in one second", /^(\d+)$/, eventDefaults.aSecond, 1],
  ["events in one answer", /^(\d+)$/, eventDefaults.answer, 1],
  ["death reports that the page keeps", /^(\d+)$/, REPORTS_KEPT, 1],
  ["other lines of its incidents", /^(\d+)$/, ACTIVITY_KEPT, 1],
  ["units with charts", /^(\d+)$/, UNITS_KEPT, 1],
  ["looks at each, one a second", /^(\d+)$/, POINTS_KEPT, 1],
  ["lines folded or unfolded by hand", /^(\d+)$/, TURNED_KEPT, 1],
  ["a group begins unfolded, up to", /^(\d+) members$/, FOLDED_FROM - 1, 1],
  ["acts of operators kept", /^(\d+)$/, defaults.KEPT_AUDITS, 1],
  ["acts without the right that are written", /^(\d+) a minute$/, MOST_STRANGERS, 1],
  ["networks that are remembered for wrong tokens", /^(\d+)$/, NETWORKS, 1],
  ["death reports kept", /^(\d+)$/, defaults.KEPT_REPORTS, 1],
  ["actors with values of their own, at a time", /^(\d+)$/, METRIC_ACTORS, 1],
  ["versions of models with values of their own", /^(\d+)$/, METRIC_VERSIONS, 1],
  ["a text that is given again", /^(\d+) ms$/, FRESH_MS, 1],
  ["all bodies that are held at once", /^(\d+) MiB$/, v2Defaults.maxBodies, MIB],
  ["a body comes, and an answer is taken", /^(\d+) s$/, milliseconds(v2Defaults.bodyTimeout, "body"), 1000],
  ["a refused body is read on", /^(\d+) s$/, v2Defaults.lingerMs, 1000],
  ["values in the JSON part of a body", /^(\d+)$/, jsonLimits.maxItems, 1],
  ["levels of it", /^(\d+)$/, jsonLimits.maxDepth, 1],
  ["tensors of one request, and outputs asked for", /^(\d+)$/, requests.MOST_TENSORS, 1],
  ["dimensions of one", /^(\d+)$/, requests.MOST_DIMENSIONS, 1],
  ["elements of one", /^(\d+)$/, requests.MOST_ELEMENTS, 1],
  ["texts (`BYTES`) of one", /^(\d+)$/, requests.MOST_TEXTS, 1],
  ["one answer, as `v2Client` reads it", /^(\d+) MiB$/, MAX_ANSWER, MIB],
  ["a model that nobody asks is tried", /^(\d+) s$/, milliseconds(PROBE_EVERY, "probe"), 1000],
  ["a sequence without requests", /^(\d+) min$/, milliseconds(keyedOptions({}).idle!, "idle"), 60_000],
];

const rows = readFileSync("docs/bounds.md", "utf8")
  .split("\n")
  .filter((line) => /^\| (?!what)/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, what, says]) => [what!, says!] as const);

it.each(told)("the page of bounds tells the truth: %s", (what, says, is, unit) => {
  const row = rows.find(([name]) => name === what);
  expect(Number(says.exec(row?.[1] ?? "")?.[1]) * unit).toBe(is);
});

it("the page of bounds tells no number that is not held to the code", () => {
  const held = new Set(told.map(([what]) => what));
  expect(rows.filter(([what, says]) => /\d/.test(says) && !held.has(what))).toEqual([]);
});
