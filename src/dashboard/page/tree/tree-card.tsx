import { useLive } from "../kit/live.js";
import type { PageState } from "../page-state.js";
import { TreeView } from "./tree-view.js";

interface TreeCardProps {
  readonly state: PageState;
  onChoose(id: string): void;
}

/** The tree, and what narrows it down. */
export function TreeCard({ state, onChoose }: TreeCardProps) {
  const tree = useLive(state.tree);
  const locked = useLive(state.locked);
  const trouble = useLive(state.trouble);
  return (
    <section class="card tree" aria-labelledby="tree-title" id="tree" tabIndex={-1}>
      <header class="card-head">
        <h2 id="tree-title">Tree</h2>
        <label class="grow">
          <span class="unseen">Find by path</span>
          <input
            type="search"
            placeholder="Find by path"
            spellcheck={false}
            maxLength={200}
            onInput={({ currentTarget }) => state.query.set(currentTarget.value)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={trouble} onChange={() => state.trouble.set(!trouble)} /> Trouble only
        </label>
      </header>
      {!tree && <p class="empty">{locked ? "It is shown once you are signed in." : "Waiting for the server…"}</p>}
      {tree && <TreeView state={state} onChoose={onChoose} />}
    </section>
  );
}
