import { describe, expect, test } from "vitest";
import { type News, Watching } from "../../../src/client/watching.js";
import { Watchers } from "../../../src/gateway/watchers.js";
import type { ServerFrame, WatchFrame } from "../../../src/protocol/frames.js";
import { fakeApp } from "../gateway/fake-app.js";
import { HandClock } from "../gateway/hand-clock.js";

/** A client's side and the server's, joined without a wire. */
function joined(answers: (frame: ServerFrame) => ServerFrame = (frame) => frame) {
  const app = fakeApp({ math: {} });
  const clock = new HandClock();
  const watchers = new Watchers(app, clock);
  const asked: WatchFrame[] = [];
  const sent: ServerFrame[] = [];
  const watching: Watching = new Watching((frame) => {
    if (frame.type === "unwatch") return watchers.remove(watcher);
    asked.push(frame);
    watchers.add(watcher, frame);
  });
  const watcher = {
    congested: false,
    push: (frame: ServerFrame) => {
      sent.push(frame);
      watching.receive(answers(frame));
    },
  };
  const heard = (options?: { stats?: boolean }) => {
    const news: News[] = [];
    const end = watching.add((item) => void news.push(item), options);
    return {
      news,
      end,
      types: () => news.map((item) => (item.type === "tree" ? item.tree.children![0]!.state : item.type)),
    };
  };
  const becomes = (state: "waiting" | "running") => {
    app.nodes.set("math", { ...app.nodes.get("math")!, state });
    clock.advance(1000);
  };
  return { app, clock, asked, sent, watching, heard, becomes };
}

describe("a second watch on a connection", () => {
  test("has the tree with the reports at once, and only these go over the wire; the first one hears nothing again", () => {
    const { asked, sent, heard, becomes } = joined();
    const first = heard();
    becomes("waiting");
    expect(first.types()).toEqual(["running", "waiting"]);
    sent.length = 0;
    const second = heard();
    expect(asked.at(-1)).toEqual({ type: "watch", diffs: true, following: true });
    expect(sent).toMatchObject([{ type: "tree-diff", changed: [], reports: [] }]);
    expect(second.news).toMatchObject([{ type: "tree", reports: [] }]);
    expect(second.types()).toEqual(["waiting"]);
    becomes("running");
    expect(first.types()).toEqual(["running", "waiting", "running"]);
    expect(second.types()).toEqual(["waiting", "running"]);
  });

  test("that wants counters gets them all, and one more that wants them has no others sent again", () => {
    const { sent, clock, heard } = joined();
    heard();
    sent.length = 0;
    const counting = heard({ stats: true });
    expect(sent.map(({ type }) => type)).toEqual(["tree-diff", "stats"]);
    expect(counting.types()).toEqual(["running", "stats"]);
    sent.length = 0;
    const third = heard({ stats: true });
    expect(sent.map(({ type }) => type)).toEqual(["tree-diff"]);
    clock.advance(1000);
    expect(third.types()).toEqual(["running", "stats"]);
  });

  test("gets all of it from a server that knows no followers", () => {
    let whole: ServerFrame | undefined;
    const { heard } = joined((frame) => {
      if (frame.type === "tree") whole = frame;
      return frame.type === "tree-diff" && frame.reports ? whole! : frame;
    });
    heard();
    expect(heard().news).toMatchObject([{ type: "tree", reports: [] }]);
  });

  test("after all have left is a first one again", () => {
    const { asked, heard } = joined();
    heard().end();
    expect(heard().types()).toEqual(["running"]);
    expect(asked.at(-1)).toEqual({ type: "watch", diffs: true });
  });
});

test("whoever has lost the thread asks for all of it, though it followed before", () => {
  const { asked, watching, heard } = joined();
  const { types } = heard();
  watching.receive({ type: "tree-diff", from: 7, to: 8, removed: [], changed: [] });
  expect(asked.at(-1)).toEqual({ type: "watch", diffs: true });
  expect(types()).toEqual(["running", "running"]);
});
