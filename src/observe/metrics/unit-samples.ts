import { type Counted, latencyBoundsMs, type SystemStats, type UnitStats } from "../../system/stats.js";
import { type ActorLabels, OTHER } from "./actor-labels.js";
import { labelText } from "./label-text.js";
import { OtherUnits } from "./other-units.js";
import type { Labels, Samples } from "./samples.js";

/** Turns what a system has counted into samples. Those actors that have no name of their own are told together. */
export class UnitSamples {
  readonly #labels: ActorLabels;
  readonly #others = new OtherUnits();

  constructor(labels: ActorLabels) {
    this.#labels = labels;
  }

  read({ uptimeMs, deadLetters, units }: SystemStats, samples: Samples): void {
    samples.add("holdfast_uptime_seconds", uptimeMs / 1000);
    for (const [reason, count] of Object.entries(deadLetters)) {
      samples.add("holdfast_dead_letters_total", count, { reason: labelText(reason) });
    }
    this.#labels.sweep();
    this.#others.begin();
    for (const unit of units) {
      // Who was told among the others is so while it lives: else what it has counted would be told twice.
      const labels = this.#others.has(unit.path) ? OTHER : this.#labels.of(unit.path);
      if (labels !== OTHER) add(unit, labels, samples);
      else if (unit.partOf === undefined) this.#others.add(unit);
    }
    const other = this.#others.end();
    if (other) add(other, OTHER, samples);
  }
}

function add(unit: UnitStats, labels: Labels, samples: Samples): void {
  addMemory(unit, labels, samples);
  // Its mail and its restarts are counted by what it is a part of.
  if (unit.partOf !== undefined) return;
  // A supervisor has no mail of its own. What it says is that of children who are gone, and was told under their names; but for
  // what was sent to them since.
  if (unit.kind !== "supervisor") addMail(unit, labels, samples);
  else if (unit.own) addRefused(unit.own.refused, labels, samples);
  const { restarts, planned } = unit.own ?? unit;
  for (const cause in restarts) samples.add("holdfast_restarts_total", restarts[cause]!, labels, { cause });
  for (const why in planned) samples.add("holdfast_planned_restarts_total", planned[why]!, labels, { why });
}

function addMail(unit: UnitStats, labels: Labels, samples: Samples): void {
  samples.add("holdfast_messages_accepted_total", unit.accepted, labels);
  samples.add("holdfast_messages_answered_total", unit.answered, labels);
  for (const code in unit.failed) {
    samples.add("holdfast_messages_failed_total", unit.failed[code]!, labels, { code: labelText(code) });
  }
  addRefused(unit.refused, labels, samples);
  samples.add("holdfast_messages_told_total", unit.told, labels);
  samples.add("holdfast_messages_redelivered_total", unit.redelivered, labels);
  samples.add("holdfast_messages_quarantined_total", unit.quarantined, labels);
  samples.add("holdfast_messages_shed_total", unit.shed, labels);
  samples.add("holdfast_mailbox_messages", unit.waiting, labels);
  samples.add("holdfast_mailbox_oldest_wait_seconds", unit.oldestWaitMs / 1000, labels);
  samples.add("holdfast_executing_messages", unit.executing, labels);
  if (unit.latency) samples.addTimes("holdfast_request_duration_seconds", unit.latency, latencyBoundsMs, labels);
}

function addRefused(refused: Counted, labels: Labels, samples: Samples): void {
  for (const code in refused) {
    samples.add("holdfast_messages_refused_total", refused[code]!, labels, { code: labelText(code) });
  }
}

/** What is known of whatever has a thread or process of its own. */
function addMemory(unit: UnitStats, labels: Labels, samples: Samples): void {
  if (unit.heapBytes !== undefined) samples.add("holdfast_heap_bytes", unit.heapBytes, labels);
  if (unit.externalBytes !== undefined) samples.add("holdfast_external_bytes", unit.externalBytes, labels);
}
