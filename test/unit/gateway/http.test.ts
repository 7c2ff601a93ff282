import { request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import { readiness } from "../../../src/gateway/readiness.js";
import type { Scaling, TreeNode } from "../../../src/system/tree.js";
import { type FakeApp, fakeApp } from "./fake-app.js";

const doors: Gateway[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close({ drain: 0 })));
});

async function serve(options: Partial<GatewayOptions> = {}): Promise<{ app: FakeApp; door: Gateway }> {
  const app = fakeApp({ math: { add: () => 1 }, ocr: { read: () => "" }, hidden: { secret: () => 1 } });
  const door = await gateway(app, { port: 0, expose: { math: ["add"], ocr: ["read"] }, ...options });
  doors.push(door);
  return { app, door };
}

describe("GET /health", () => {
  test("/live says that the process answers", async () => {
    const { door } = await serve();
    const answer = await fetch(`${door.pagesUrl}health/live`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: "live" }]);
  });

  test("/ready says that every exposed actor runs", async () => {
    const { door } = await serve();
    const answer = await fetch(`${door.pagesUrl}health/ready?probe=1`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        status: "ready",
        ready: true,
        actors: { math: { ready: true, state: "running" }, ocr: { ready: true, state: "running" } },
      },
    ]);
  });

  test("/ready says which one does not, and why; others do not count", async () => {
    const { app, door } = await serve();
    app.nodes.set("ocr", { ...app.nodes.get("ocr")!, state: "quarantined", reason: "5 restarts in 60 s" });
    app.nodes.set("hidden", { ...app.nodes.get("hidden")!, state: "waiting" });
    const answer = await fetch(`${door.pagesUrl}health/ready`);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      {
        status: "unready",
        ready: false,
        actors: {
          math: { ready: true, state: "running" },
          ocr: { ready: false, state: "quarantined", reason: "5 restarts in 60 s" },
        },
      },
    ]);
  });
});

describe("ready means that a request sent now would be answered", () => {
  const node = (more: Partial<TreeNode>): TreeNode => ({
    path: "app/x",
    name: "x",
    kind: "actor",
    state: "running",
    restarts: 0,
    ...more,
  });
  const empty = (by: Scaling["by"]) => ({ members: 0, ready: 0, min: 0, max: 2, by, why: "as it is", sinceMs: 0 });
  const tree = (...children: TreeNode[]): TreeNode => ({
    path: "app",
    name: "app",
    kind: "supervisor",
    state: "running",
    restarts: 0,
    children,
  });
  const reasonOf = (child: TreeNode | undefined) => readiness(tree(...(child ? [child] : [])), ["x"]).actors.x!.reason;

  test.each<[string, TreeNode | undefined, string | undefined]>([
    ["running", node({}), undefined],
    ["starting", node({ state: "starting" }), "it is starting"],
    ["gone", undefined, "it is no longer in the tree"],
    [
      "with a full mailbox",
      node({ mailbox: { waiting: 8, executing: 1, capacity: 8 } }),
      "its mailbox is full (8 of 8)",
    ],
    ["with room in its mailbox", node({ mailbox: { waiting: 7, executing: 1, capacity: 8 } }), undefined],
    [
      "a pool without a running member",
      node({ kind: "pool", children: [node({ state: "waiting" })] }),
      "no member of the pool is running",
    ],
    ["a pool with one", node({ kind: "pool", children: [node({ state: "waiting" }), node({})] }), undefined],
    ["a pool of none, since nothing comes", node({ kind: "pool", children: [], scaling: empty("rule") }), undefined],
    [
      "the same, while its last member leaves",
      node({ kind: "pool", children: [node({ state: "stopping" })], scaling: empty("rule") }),
      undefined,
    ],
    [
      "a pool that is held at none",
      node({ kind: "pool", children: [], scaling: empty("hand") }),
      "it is held at no member: resize it",
    ],
    ["a keyed group that nobody uses yet", node({ kind: "keyed", children: [] }), undefined],
  ])("%s", (_, child, reason) => {
    expect(reasonOf(child)).toBe(reason);
  });

  test("below a supervisor too", () => {
    const models = node({ name: "models", kind: "supervisor", children: [node({ state: "waiting" })] });
    expect(readiness(tree(models), ["models/x"])).toEqual({
      ready: false,
      actors: { "models/x": { ready: false, state: "waiting", reason: "it is waiting" } },
    });
  });
});

describe("pages", () => {
  const pages: GatewayOptions["pages"] = ({ path, method }) => {
    if (path === "/broken") throw new Error("no such template");
    if (path === "/hostile") throw { toString: null };
    return path === "/"
      ? { status: 200, headers: { "content-type": "text/html" }, body: `<p>${method}</p>` }
      : undefined;
  };

  test("are served for GET and HEAD, query or not", async () => {
    const { door } = await serve({ pages });
    const page = await fetch(`${door.pagesUrl}?a=1`);
    expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([
      200,
      "text/html",
      "<p>GET</p>",
    ]);
    const head = await fetch(door.pagesUrl, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "11", ""]);
  });

  test("that are not there are 404 in JSON, and one that throws costs its own request only", async () => {
    const { door } = await serve({ pages });
    expect((await fetch(`${door.pagesUrl}broken`)).status).toBe(500);
    const hostile = await fetch(`${door.pagesUrl}hostile`);
    expect([hostile.status, await hostile.json()]).toMatchObject([
      500,
      { error: { message: 'the page failed: {"toString":null}' } },
    ]);
    const missing = await fetch(`${door.pagesUrl}none?x`);
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: { code: "NotExposed", message: "there is nothing at /none", retryable: false } },
    ]);
  });

  test("other methods are 405, saying which are allowed", async () => {
    const { door } = await serve({ pages });
    const answer = await fetch(door.pagesUrl, { method: "POST", body: "x" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  test("a Host header of another name is 403", async () => {
    const { door } = await serve({ pages });
    const status = await new Promise((resolve, reject) => {
      request(door.pagesUrl, { headers: { host: "evil.example" } }, (response) => resolve(response.statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });
});
