import type { Happening, Moment, Node, Scenario, Sup, Worker } from "./scenario.js";

/** For each named difference the smallest scenario that shows it, by the difference's name. */
export const examples: Readonly<Record<string, Scenario>> = {
  "gave-up is told apart": play({ intensity: 0, children: [worker("a")] }, [leave("r.a")]),
  "auto-shutdown is told apart": play(
    { auto_shutdown: "any_significant", children: [worker("a", { restart: "transient", significant: true })] },
    [leave("r.a", "normal")],
  ),
  "a transient supervisor that gave up is restarted": play(
    { children: [sup("a", { restart: "transient", intensity: 0, children: [worker("a")] })] },
    [leave("r.a.a")],
  ),
  "what is down stays down": play(
    { strategy: "rest_for_one", children: [worker("a"), worker("b")] },
    [ask("terminate_child", "b")],
    [leave("r.a")],
  ),
  "a restart by hand is kept up": play(
    { children: [worker("a", { starts: ["ok", "fail"] })] },
    [ask("terminate_child", "a")],
    [ask("restart_child", "a")],
  ),
  "who is asked for in mid-restart waits for its turn": play(
    { strategy: "rest_for_one", children: [worker("a"), worker("b", { starts: ["ok", "fail"] })] },
    [leave("r.a"), { do: "start_child", sup: "r", dynamic: false, child: worker("c", { restart: "temporary" }) }],
  ),
  "a mass restart goes on without a child that was taken down": play(
    { strategy: "rest_for_one", children: [worker("a", { starts: ["ok", "fail"] }), worker("b")] },
    [leave("r.a"), ask("terminate_child", "a")],
  ),
  "a retry leaves fresh siblings alone": play(
    { strategy: "one_for_all", children: [worker("a"), worker("b", { starts: ["ok", "fail"] })] },
    [leave("r.a")],
  ),
  "what was added or removed outlives a restart": play(
    { children: [sup("a", { intensity: 0, children: [worker("a")] })] },
    [{ do: "start_child", sup: "r.a", dynamic: false, child: worker("b") }],
    [leave("r.a.a")],
  ),
};

function play(root: Partial<Sup>, ...events: Happening[][]): Scenario {
  const moments: Moment[] = events.map((of, index) => ({ at: (index + 1) * 10, events: of }));
  return { seed: 0, root: sup("r", root), moments };
}

function sup(id: string, more: Partial<Sup>): Sup {
  const rules = { restart: "permanent", significant: false, shutdown: "infinity", auto_shutdown: "never" } as const;
  return { kind: "sup", id, ...rules, strategy: "one_for_one", intensity: 3, period: 1000, children: [], ...more };
}

function worker(id: string, more: Partial<Worker> = {}): Worker {
  const rules = { restart: "permanent", significant: false, shutdown: "infinity" } as const;
  return { kind: "worker", id, ...rules, starts: [], stopping: "prompt", ...more };
}

function leave(path: string, reason: "boom" | "normal" = "boom"): Happening {
  return { do: "exit", path, reason };
}

function ask(call: "terminate_child" | "restart_child", id: Node["id"]): Happening {
  return { do: call, sup: "r", dynamic: false, id };
}
