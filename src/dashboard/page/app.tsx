import { useState } from "preact/hooks";
import { AuditView } from "./audit/audit-view.js";
import { Header } from "./header.js";
import { Incidents } from "./incidents/incidents.js";
import { ReportDrawer } from "./incidents/report-drawer.js";
import { useLive } from "./kit/live.js";
import { Modal } from "./kit/modal.js";
import { useMedia } from "./kit/use-media.js";
import { LettersView } from "./letters/letters-view.js";
import { ModelsView } from "./models/models-view.js";
import { NodePanel } from "./node/node-panel.js";
import type { Operator } from "./operator.js";
import { OutcomeLine } from "./outcome-line.js";
import type { PageState } from "./page-state.js";
import { PoolsView } from "./pools/pools-view.js";
import { TreeCard } from "./tree/tree-card.js";

interface AppProps {
  readonly state: PageState;
  readonly operator: Operator;
  /** What the server was shown; "" for none. */
  token(): string;
  /** Opens the dialog that asks for a token. */
  onSignIn(): void;
}

/** Narrower, there is no room for a panel beside the tree: what is chosen opens over it. */
const NARROW = "(max-width: 68rem)";

/** The page: the tree is its centre, what is chosen beside it, what happened below. */
export function App({ state, operator, token, onSignIn }: AppProps) {
  const view = useLive(state.view);
  return (
    <>
      <a class="skip" href={view === "live" ? "#tree" : "#main"}>
        Skip to the {view === "live" ? "tree" : "content"}
      </a>
      <Header state={state} />
      <SignInOffer state={state} onSignIn={onSignIn} />
      <main id="main" tabIndex={-1}>
        <OutcomeLine state={state} />
        {view === "live" && <LiveView state={state} operator={operator} />}
        {view === "pools" && <PoolsView state={state} />}
        {view === "letters" && <LettersView state={state} operator={operator} />}
        {view === "audit" && <AuditView state={state} operator={operator} />}
        {view === "models" && <ModelsView state={state} operator={operator} token={token} />}
      </main>
      <OpenReport state={state} />
    </>
  );
}

function LiveView({ state, operator }: Pick<AppProps, "state" | "operator">) {
  const narrow = useMedia(NARROW);
  const [sheet, setSheet] = useState(false);
  return (
    <div class="live">
      <div class="column">
        <TreeCard state={state} onChoose={() => setSheet(narrow)} />
        <Incidents state={state} />
      </div>
      {!narrow && (
        <aside class="card node" aria-labelledby="node-title">
          <NodePanel state={state} operator={operator} />
        </aside>
      )}
      {narrow && sheet && (
        <Modal labelledBy="node-title" onClose={() => setSheet(false)}>
          <button type="button" class="close" aria-label="Close" onClick={() => setSheet(false)}>
            <span aria-hidden="true">×</span>
          </button>
          <NodePanel state={state} operator={operator} />
        </Modal>
      )}
    </div>
  );
}

function SignInOffer({ state, onSignIn }: Pick<AppProps, "state" | "onSignIn">) {
  const locked = useLive(state.locked);
  if (!locked) return null;
  return (
    <div class="card sign-in">
      <p>{locked.text}</p>
      <button type="button" class="primary" onClick={onSignIn}>
        Sign in
      </button>
    </div>
  );
}

function OpenReport({ state }: { readonly state: PageState }) {
  const opened = useLive(state.opened);
  const reports = useLive(state.incidents);
  const report = reports.find(({ id }) => id === opened);
  if (!report) return null;
  return <ReportDrawer key={report.id} report={report} onClose={() => state.opened.set(undefined)} />;
}
