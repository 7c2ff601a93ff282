/**
 * Batch number n of a workload that is the same for ever: who was told how many were acknowledged knows what must be stored.
 * Every kind of change is among them.
 * @param {number} n from 1
 */
export function numberedBatch(n) {
  const id = `app/keeper#${n % 5}`;
  const mail = `${id}!mail`;
  const changes = [{ kind: "tail", id, seq: n, data: dataOf("what happened at", n) }];
  if (n % 7 === 0) changes.push({ kind: "base", id, seq: n, data: dataOf("all at", n) });
  changes.push({ kind: "tail", id: mail, seq: n, data: dataOf("mail", n) });
  // What came ten before is answered: always of the same entity.
  if (n > 10) changes.push({ kind: "drop", id: mail, seq: n - 10 });
  if (n % 97 === 0) changes.push({ kind: "forget", id: `app/keeper#${(n + 1) % 5}` });
  return changes;
}

/** @param {string} what @param {number} n */
function dataOf(what, n) {
  return Buffer.from(`${what} ${n} ${"·".repeat((n * 31) % 200)}`);
}
