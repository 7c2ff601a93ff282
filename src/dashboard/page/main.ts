import type { News } from "../../client/browser.js";
import { treeRows, treeSummary } from "../../observe/tree-rows.js";
import { Connection, type LinkStatus } from "./connection.js";
import { askAndAct } from "./dialog.js";
import { byId, element, setText } from "./element.js";
import { IncidentList } from "./incident-list.js";
import { Operator } from "./operator.js";
import { Panels } from "./panels.js";
import { problemText } from "./problem.js";
import { StatusLine } from "./status-line.js";
import { TreeTable } from "./tree-table.js";

/** A server that shows its tree does so at once; one that has not within this asks for the admin token. */
const treeWithinMs = 3000;
/** Survives a reload of this tab, and nothing else; never part of an address. */
const tokenKey = "holdfast.token";

const outcome = new StatusLine();
const incidents = new IncidentList(byId("incidents"), byId("incidents-empty"), byId("incident-news"));
const url = new URL("./", location.href);
url.protocol = url.protocol.replace("http", "ws");
url.search = "";
url.hash = "";
const connection = new Connection(url.href, sessionStorage.getItem(tokenKey) ?? undefined, {
  status: showStatus,
  news: showNews,
});
const table = new TreeTable("tree-title", new Operator(connection, (text) => outcome.say(text)));
const panels = new Panels(byId("panels"), connection);
let treeLimit: ReturnType<typeof setTimeout> | undefined;

table.node.hidden = true;
byId("tree-title").after(outcome.node);
byId("tree").append(table.node);
void connection.start();

function showStatus(status: LinkStatus): void {
  const line = byId("link");
  const texts: Record<LinkStatus["kind"], string> = {
    connecting: "Connecting…",
    connected: "Connected",
    lost: "Connection lost, trying again…",
    absent: "No server answers, trying again…",
    locked: "A token is needed",
  };
  line.dataset.link = status.kind;
  setText(line, texts[status.kind]);
  line.title = "error" in status ? problemText(status.error) : "";
  document.body.dataset.link = status.kind;
  byId("sign-in").replaceChildren();
  clearTimeout(treeLimit);
  if (status.kind === "connected") {
    panels.show(connection.client.exposes);
    treeLimit = setTimeout(treeMissing, treeWithinMs);
  }
  if (status.kind === "locked") {
    sessionStorage.removeItem(tokenKey);
    offerSignIn("This server asks for a token.", true);
  }
}

function showNews(news: News): void {
  if (news.type === "tree") {
    clearTimeout(treeLimit);
    byId("sign-in").replaceChildren();
    byId("tree-empty").hidden = true;
    table.node.hidden = false;
    table.show(treeRows(news.tree));
    setText(byId("summary"), treeSummary(news.tree));
    if (news.reports) incidents.reset(news.reports);
  } else if (news.type === "event" && (news.event.type === "death" || news.event.type === "report")) {
    incidents.show(news.event.report);
  }
}

function treeMissing(): void {
  setText(byId("tree-empty"), "This server shows its tree to whoever has the admin token.");
  offerSignIn("To see the tree, sign in with the admin token.", false);
}

function offerSignIn(text: string, atOnce: boolean): void {
  const button = element("button", { type: "button", class: "primary" }, "Sign in");
  button.addEventListener("click", () => void signIn());
  byId("sign-in").replaceChildren(element("p", {}, text), button);
  if (atOnce) void signIn();
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
