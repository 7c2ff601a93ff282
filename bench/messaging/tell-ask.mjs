import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rounded } from "../measure/stats.mjs";
import { table } from "../measure/table.mjs";
import { contend } from "./contend.mjs";

/** Messages of one flood: what the default mailbox holds. */
const FLOOD = 1000;

const file = (name) => join(import.meta.dirname, name);
const node = (name) => ({ command: process.execPath, args: [file(name), String(FLOOD)] });

/** Tell and ask within one thread, beside nact and the BEAM on one scheduler. */
export async function tellAndAsk(rounds, say) {
  const beams = compiled();
  try {
    const beam = (shape) => ({
      command: "erl",
      args: ["+S", "1", "-noshell", "-pa", beams ?? ".", "-run", "beam", "main", "1", shape, String(FLOOD)],
    });
    const contenders = {
      ours: node("ours-tell-ask.mjs"),
      nact: node("nact-tell-ask.mjs"),
      ...(beams ? { plain: beam("plain"), otp: beam("otp") } : {}),
    };
    say(`tell and ask: ${rounds} rounds`);
    return told(await contend(contenders, rounds));
  } finally {
    if (beams) rmSync(beams, { recursive: true });
  }
}

/** The folder with the compiled module; undefined where there is no Erlang. */
function compiled() {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-beam-"));
  try {
    execFileSync("erlc", ["-o", folder, file("beam.erl")]);
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true });
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function told({ ours, nact, plain, otp }) {
  const versus = (field, peer) => (peer ? rounded(ours[field] / peer[field]) : null);
  const of = (peer, prefix) => ({
    [`${prefix}_tell_per_s`]: peer?.tell_per_s ?? null,
    [`${prefix}_ask_per_s`]: peer?.ask_per_s ?? null,
  });
  const row = (name, seen) => [name, seen?.tell_per_s ?? "not installed", seen?.ask_per_s ?? ""];
  return {
    figures: {
      tell_per_s: ours.tell_per_s,
      ask_per_s: ours.ask_per_s,
      ...of(nact, "nact"),
      ...of(plain, "beam"),
      ...of(otp, "beam_gen_server"),
      tell_vs_nact: versus("tell_per_s", nact),
      ask_vs_nact: versus("ask_per_s", nact),
      tell_vs_beam: versus("tell_per_s", plain),
      ask_vs_beam: versus("ask_per_s", plain),
      tell_vs_beam_gen_server: versus("tell_per_s", otp),
      ask_vs_beam_gen_server: versus("ask_per_s", otp),
    },
    text: table(
      `messages in one thread: floods of ${FLOOD} tells; asks one after the other`,
      ["", "tell/s", "ask/s"],
      [
        row("holdfast, inline, supervised", ours),
        row("nact", nact),
        row("BEAM, plain processes", plain),
        row("BEAM, gen_server", otp),
      ],
    ),
  };
}
