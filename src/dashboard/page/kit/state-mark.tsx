import type { ChildState } from "../../../supervision/life.js";

/** A state by shape, for whoever does not see its colour; tree.css gives each its colour. On a field of 16 x 16. */
const shapes: Record<ChildState, string> = {
  // a disc
  running: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12z",
  // a ring, half full
  starting: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12zM8 4a4 4 0 1 1 0 8z",
  // a ring with the hands of a clock
  waiting: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12zM8 4a4 4 0 1 1 0 8a4 4 0 1 1 0-8zM7.2 4.8v4h3.6v-1.6h-2v-2.4z",
  // an arrow down
  draining: "M6 2h4v5h4l-6 7-6-7h4z",
  // a square
  stopping: "M3 3h10v10h-10z",
  // a ring
  stopped: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12zM8 4a4 4 0 1 1 0 8a4 4 0 1 1 0-8z",
  // a cross
  quarantined: "M4 2 2 4l4 4-4 4 2 2 4-4 4 4 2-2-4-4 4-4-2-2-4 4z",
};

/** The mark of a state. The word stands beside it, so screen readers skip the drawing. */
export function StateMark({ state }: { readonly state: ChildState }) {
  return (
    <svg class="mark" viewBox="0 0 16 16" aria-hidden="true" data-state={state}>
      <path fill-rule="evenodd" d={shapes[state] ?? shapes.stopped} />
    </svg>
  );
}
