import type { ControlReader, ControlWriter } from "../../src/host/control-block.js";
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
    clear: (entry) => {
      if (passes("else")) writer.clear(entry);
    },
  };
}

/** The parent's side; a broken host's says nothing, or does not carry the word to stop. */
export function reportedControl(reader: ControlReader, broken: Broken | undefined): ControlReader {
  const blank = broken === "blank";
  return {
    phase: () => reader.phase(),
    executing: (first, count) => (blank ? [] : reader.executing(first, count)),
    begun: (first, count) => (blank ? Array.from({ length: count }, () => 0) : reader.begun(first, count)),
    condemn: () => {
      if (broken !== "deaf") reader.condemn();
    },
  };
}
