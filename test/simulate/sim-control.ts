import type { ControlReader } from "../../src/host/control-reader.js";
import type { ControlWriter } from "../../src/host/control-writer.js";
import type { Broken, Moment } from "./host-world.js";

/** A host's side of its record. Between any two instructions the host may be struck, and then it writes no more. */
export function watchedControl(writer: ControlWriter, passes: (moment: Moment) => boolean): ControlWriter {
  return {
    phase: (phase) => {
      if (passes("else")) writer.phase(phase);
    },
    begin: (entry, seq, now) => {
      if (!passes("before begin")) return false;
      const may = writer.begin(entry, seq, now);
      return passes("after begin") && may;
    },
    end: (entry) => {
      if (passes("else")) writer.end(entry);
      passes("after end");
    },
    condemned: () => writer.condemned(),
    clear: (entry, incarnation) => {
      if (passes("else")) writer.clear(entry, incarnation);
    },
    beat: (now, heap, external) => {
      if (passes("else")) writer.beat(now, heap, external);
    },
    rest: () => {
      if (passes("else")) writer.rest();
    },
    cancelled: (first, count, seq) => writer.cancelled(first, count, seq),
    event: (kind, method, at, actor, incarnation, seq) => {
      if (passes("else")) writer.event(kind, method, at, actor, incarnation, seq);
    },
    note: (at, actor, incarnation, text) => {
      if (passes("else")) writer.note(at, actor, incarnation, text);
    },
  };
}

/** The parent's side; a broken host's says nothing, or does not carry the word to stop. */
export function reportedControl(reader: ControlReader, broken: Broken | undefined): ControlReader {
  const blank = broken === "blank";
  return {
    phase: () => reader.phase(),
    executing: (first, count) => (blank ? [] : reader.executing(first, count)),
    beat: () => reader.beat(),
    memory: () => reader.memory(),
    finished: (first, count) => reader.finished(first, count),
    cancel: (first, count, seq) => reader.cancel(first, count, seq),
    flight: () => reader.flight(),
    begun: (first, count) => (blank ? Array.from({ length: count }, () => 0) : reader.begun(first, count)),
    condemn: () => {
      if (broken !== "deaf") reader.condemn();
    },
  };
}
