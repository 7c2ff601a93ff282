import { options, render } from "preact";
import { App } from "./app.js";
import { Connection, type LinkStatus } from "./connection.js";
import { askAndAct } from "./dialog.js";
import { byId } from "./element.js";
import { applyTheme } from "./kit/theme.js";
import { NewsDesk, REPORTS_KEPT } from "./news-desk.js";
import { Operator } from "./operator.js";
import { PageState } from "./page-state.js";
import { Panels } from "./panels.js";
import { viewOf } from "./views.js";

/** A server that shows its tree does so at once; one that has not within this asks for the admin token. */
const treeWithinMs = 3000;
/** Of the last hour; what is kept on the page is fewer. */
const EVENTS_ASKED = 1000;
/** Survives a reload of this tab, and nothing else; never part of an address. */
const tokenKey = "holdfast.token";

// However much news comes between two frames, the page is drawn once; a tab that is hidden has no frames.
options.debounceRendering = (draw) => requestAnimationFrame(draw);
applyTheme();

const state = new PageState();
const desk = new NewsDesk(state);
const url = new URL("./", location.href);
url.protocol = url.protocol.replace("http", "ws");
url.search = "";
url.hash = "";
const connection = new Connection(url.href, sessionStorage.getItem(tokenKey) ?? undefined, {
  status: showStatus,
  news: (news) => {
    if (news.type === "tree") clearTimeout(treeLimit);
    desk.take(news);
    // The first tree of a connection: what it brings of deaths are the latest ones, and what is older goes below them.
    if (news.type === "tree" && news.reports) void remember();
    // What is chosen already, the root at first, is charted from before this connection as well.
    if (news.type === "stats" && !charted) {
      charted = true;
      void backfill();
    }
  },
});
const panels = new Panels(byId("panels"), connection);
const operator = new Operator(connection, state.outcome);
let treeLimit: ReturnType<typeof setTimeout> | undefined;
/** Whether there is something to put a history before: the first look of a connection has come. */
let charted = false;

function showView(): void {
  const view = viewOf(location.hash);
  if (!view) return;
  state.view.set(view);
  document.body.dataset.view = view;
}

addEventListener("hashchange", showView);
showView();
render(
  <App state={state} operator={operator} token={() => connection.token} onSignIn={() => void signIn()} />,
  byId("app"),
);
state.selected.subscribe(() => void backfill());
void connection.start();

function showStatus(status: LinkStatus): void {
  state.link.set(status);
  document.body.dataset.link = status.kind;
  state.locked.set(undefined);
  clearTimeout(treeLimit);
  if (status.kind === "connected") {
    charted = false;
    panels.show(connection.client.exposes);
    treeLimit = setTimeout(treeMissing, treeWithinMs);
  }
  if (status.kind === "locked") {
    sessionStorage.removeItem(tokenKey);
    state.locked.set({ text: "This server asks for a token." });
    void signIn();
  }
}

/** What the server remembers of the last hour; a server that tells it to nobody here has sent no tree either. */
async function remember(): Promise<void> {
  try {
    const { client } = connection;
    // Each is told of twice: when it is noticed, and when service is back.
    const deaths = client.events({ types: ["death", "report"], limit: 2 * REPORTS_KEPT });
    const [all, ofDeaths] = await Promise.all([client.events({ limit: EVENTS_ASKED }), deaths]);
    desk.remember(all.events, ofDeaths.events);
  } catch {
    // It is asked again with the next connection.
  }
}

/** What was chosen is charted from before the page was opened. */
async function backfill(): Promise<void> {
  const node = state.chosenNode;
  if (!node || state.link.value.kind !== "connected") return;
  try {
    const history = await connection.client.history(node.path);
    if (history) state.series.backfill(history);
  } catch {
    // The chart begins with what the page sees itself.
  }
}

function treeMissing(): void {
  // After a reconnect the tree may have come before this limit began; it comes again only when something changes.
  if (connection.client.mayWatch) return;
  state.locked.set({ text: "This server shows its tree to whoever has the admin token." });
}

async function signIn(): Promise<void> {
  // A dialog that is open already asks for the same.
  if (document.querySelector("dialog[open]")) return;
  const text = "The operator set it, or the server printed it when it started. It is kept in this tab only.";
  await askAndAct({ title: "Sign in", text, act: "Sign in", password: "Token" }, async (token) => {
    await connection.signIn(token);
    sessionStorage.setItem(tokenKey, token);
  });
}
