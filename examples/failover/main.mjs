// Two services, each a process with a replica in another one. A client asks both without a pause, while the processes that
// serve are killed one after the other with SIGKILL. Not one request fails, and not a coin is lost or made.
//
//   client ─ gateway ─┬─ upright:  primary, pid 11 ⟵ killed …   replica, pid 12 ⟶ takes over … another replica, pid 15
//                     └─ accounts: primary, pid 13 ⟵ killed …   replica, pid 14 ⟶ takes over … another replica, pid 16
import { fork, supervisor, system, treeText } from "holdfast";
import { connect } from "holdfast/client";
import { gateway } from "holdfast/gateway";

const kills = Number(process.argv[2] ?? 4); // of each
const often = { intensity: { restarts: 1000, within: "1s" } };
const hot = { standby: "hot", spare: "none", backoff: { initial: 0 }, ...often };
const app = await system(
  supervisor(often, {
    upright: fork(new URL("./upright.mjs", import.meta.url), undefined, hot),
    accounts: fork(new URL("./accounts.mjs", import.meta.url), undefined, hot),
  }),
);

/** Who serves, and whether a replica could take over now. */
const node = (name) => app.tree().children.find((child) => child.name === name);

/** Resolves when `is` holds; looks at each event. */
const when = (is) =>
  new Promise((resolve) => {
    const look = () => {
      if (!is()) return;
      stop();
      resolve();
    };
    const stop = app.subscribe(look);
    look();
  });

const expose = { upright: ["ask"], accounts: ["payIn", "move", "sum"] };
const door = await gateway(app, { expose, port: 0 });
const client = await connect(door.url);
const { upright, accounts } = { upright: client.ref("upright").ask, accounts: client.ref("accounts").ask };
const count = { failed: 0, different: 0, paidIn: 0 };

// The load: two callers of each service, one request after the other.
let over = false;
const answered = { upright: () => {}, accounts: () => {} };
const nextAnswer = (name) => new Promise((resolve) => (answered[name] = resolve));
const load = async (name, ask) => {
  for (let i = 0; !over; i++) {
    try {
      await ask(i);
      answered[name]();
    } catch (error) {
      count.failed++;
      console.log(`${name} failed: ${error.code}: ${error.message}`);
    }
  }
};

try {
  const expected = String(await upright.ask(0.5));
  const callers = ["ada", "eve"].flatMap((who) => [
    load("upright", async () => {
      if (String(await upright.ask(0.5)) !== expected) count.different++;
    }),
    load("accounts", async (i) => {
      if (i % 2 === 1) return accounts.move(who, "the bank", 1);
      await accounts.payIn(who, 2);
      count.paidIn += 2;
    }),
  ]);

  for (let kill = 1; kill <= kills; kill++) {
    for (const name of ["upright", "accounts"]) {
      await when(() => node(name).standby === "ready");
      const { host, incarnation } = node(name);
      const at = performance.now();
      process.kill(Number(host.slice("pid ".length)), "SIGKILL");
      await when(() => node(name).state === "running" && node(name).incarnation > incarnation);
      await nextAnswer(name);
      const ms = Math.round(performance.now() - at);
      console.log(`${name}: ${host} killed, ${node(name).host} took over, and answered ${ms} ms after the kill`);
    }
  }

  over = true;
  await Promise.all(callers);
  const sum = await accounts.sum();
  console.log(`requests that failed: ${count.failed}`);
  console.log(`answers of the model that differ: ${count.different}`);
  console.log(
    sum === count.paidIn ? "what was paid in is there, to the coin" : `paid in ${count.paidIn}, there ${sum}`,
  );
  console.log(treeText(app.tree()));
} finally {
  over = true;
  client.close();
  await door.close();
  await app.stop();
}
