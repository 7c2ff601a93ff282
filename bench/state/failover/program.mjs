import { fork, supervisor, system } from "../../../dist/index.js";
import { files } from "../../../dist/state/state.js";

/* A whole program with a durable actor, to be killed: tells its parent the sum as soon as it has it from the journal. */

const url = new URL("./ledger.mjs", import.meta.url);
const tree = supervisor({}, { ledger: fork(url, undefined, { durable: true, snapshotEvery: 20, standby: "cold" }) });
const app = await system(tree, { store: files(process.argv[2]) });
const { sum } = await app.refs.ledger.ask.payIn(0);
process.send({ sum });
