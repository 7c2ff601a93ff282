import { causeText } from "../../../system/death/report.js";
import { type Finding, grouped, numbersOf, type Rule } from "../finding.js";
import type { IncidentInput } from "../incident-input.js";

/** Somebody did it on purpose: no fault, and good to know before looking for one. */
export const killedByHand: Rule = ({ deaths }) => {
  const killed = deaths.flatMap((death) => (death.cause.kind === "killed" ? [{ death, by: death.cause.by }] : []));
  return [...grouped(killed, ({ by }) => by)].map(([by, same]): Finding => {
    const paths = [...new Set(same.map(({ death }) => death.path))];
    return {
      rule: "killed-by-hand",
      severity: "note",
      path: paths[0]!,
      title: `${same.length} of the deaths ${same.length === 1 ? "was" : "were"} asked for, by ${by}`,
      evidence: [paths.slice(0, 4).join(", ") + (paths.length > 4 ? ` and ${paths.length - 4} more` : "")],
      advice: "Nothing is broken there. If nobody you know did this, look at the audit log and change the admin token.",
      reports: numbersOf(same.map(({ death }) => death)),
    };
  });
};

/** What is stored was not there when it was wanted. */
export const storeTrouble: Rule = ({ events }) => {
  const failed = events.flatMap(({ event }) => (event.type === "store-failed" ? [event] : []));
  const back = events.flatMap(({ event }) => (event.type === "store-recovered" ? [event] : []));
  const fell = events.flatMap(({ event }) => (event.type === "state-fell-back" ? [event] : []));
  const findings: Finding[] = [...grouped(failed, ({ about }) => about)].map(([about, same]) => {
    const longest = back.filter((event) => event.about === about).map(({ afterMs }) => afterMs);
    const recovered = longest.length >= same.length;
    return {
      rule: "store-failed",
      severity: recovered ? "warning" : "critical",
      path: about,
      title: `The store took nothing ${same.length} time${same.length === 1 ? "" : "s"}${recovered ? `, for ${Math.round(Math.max(...longest))} ms at most` : ", and it still takes nothing"}`,
      evidence: [...new Set(same.map(({ error }) => error.message))].slice(0, 3),
      advice:
        "Durable actors refuse their mail meanwhile. Look at the disk: space (df), errors (dmesg), and who else writes there.",
      reports: [],
    };
  });
  for (const [path, same] of grouped(fell, (event) => event.path)) {
    findings.push({
      rule: "state-fell-back",
      severity: "warning",
      path,
      title: `Its newest snapshot could not be restored: it goes on from the one before`,
      evidence: same.slice(0, 3).map(({ error }) => error.message),
      advice:
        "What came between the two snapshots is lost unless events were kept: check restore() and the version of its class.",
      reports: [],
    });
  }
  return findings;
};

/** Still without service, whatever the reason: first of all. */
export const stillDown: Rule = ({ services, outages, deaths, input }) =>
  services.flatMap((service): Finding[] => {
    if (!service.down) return [];
    const { path } = service;
    const open = outages.filter(
      (outage) => outage.open && (outage.path === path || outage.path.startsWith(`${path}/`)),
    );
    const those = deaths.filter(({ id }) => open.some(({ report }) => report === id));
    const last = those.at(-1);
    const since = Math.min(input.to, ...open.map(({ from }) => from));
    return [
      {
        rule: "still-down",
        severity: "critical",
        path,
        title: `Nobody serves there since ${new Date(since).toISOString().slice(11, 19)} UTC`,
        evidence: last ? [`report ${last.id}: ${causeText(last.cause)}; decided: ${last.decision}`] : [],
        advice: `Mend the cause, then ${restartOf(path, input)}.`,
        reports: numbersOf(those),
      },
    ];
  });

/** What brings back what is parked; the root nobody can restart but whoever started it. */
function restartOf(path: string, { server, tree }: IncidentInput): string {
  if (path === tree.path) return "start the server again";
  return `restart it: holdfast restart ${server} ${path}, app.restart("${path}"), or on the page`;
}

/** Members that misbehave beside their siblings. */
export const oddMembers: Rule = ({ events }) => {
  const told = events.flatMap(({ event }) =>
    event.type === "ejected" ? [{ ...event, at: `${event.path}/${event.member}` }] : [],
  );
  const votes = events.flatMap(({ event }) =>
    event.type === "outvoted" ? event.members.map((member) => ({ ...event, member })) : [],
  );
  return [
    ...[...grouped(told, ({ at }) => at)].map(
      ([path, same]): Finding => ({
        rule: "ejected",
        severity: "warning",
        path,
        title: `Taken out of its pool ${same.length} time${same.length === 1 ? "" : "s"}: it did worse than the others`,
        evidence: [...new Set(same.map(({ why }) => why))].slice(0, 3),
        advice:
          "One member alone that fails is its host, its state or its turn of the input: restart it, and compare its host with the others'.",
        reports: [],
      }),
    ),
    ...[...grouped(votes, ({ path, member }) => `${path}/${member}`)].map(
      ([path, same]): Finding => ({
        rule: "outvoted",
        severity: "warning",
        path,
        title: `It was outvoted ${same.length} time${same.length === 1 ? "" : "s"}: its answers differ`,
        evidence: [`method: ${[...new Set(same.map(({ method }) => method))].slice(0, 3).join(", ")}`],
        advice: "Equal inputs and other answers: check its model's version and runtime, and the memory of its machine.",
        reports: [],
      }),
    ),
  ];
};

/** A breaker that opens says that what it guards was not well. */
export const openBreakers: Rule = ({ events }) => {
  const told = events.flatMap(({ event }) => (event.type === "breaker" ? [event] : []));
  return [...grouped(told, ({ path }) => path)].flatMap(([path, same]): Finding[] => {
    const opened = same.filter(({ state }) => state === "open");
    if (opened.length === 0) return [];
    const closed = same.at(-1)!.state === "closed";
    return [
      {
        rule: "breaker-opened",
        severity: closed ? "note" : "critical",
        path,
        title: `Its circuit breaker opened ${opened.length} time${opened.length === 1 ? "" : "s"}${closed ? ", and is closed again" : ", and is not closed"}`,
        evidence: [...new Set(opened.map(({ why }) => why))].slice(0, 3),
        advice:
          "Callers were refused at once meanwhile. It closes by itself when a trial succeeds: mend what it guards.",
        reports: [],
      },
    ];
  });
};
