import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

// The shop is killed twice, by SIGKILL: while the bank is asked for money, and while the order waits to be fetched.
const folder = mkdtempSync(join(tmpdir(), "holdfast-order-"));
const bank = join(folder, "bank.txt");
writeFileSync(bank, "");
let waitingSince = 0;
try {
  await shop("charging", 20);
  await shop("waiting");
  await shop();
  console.log(
    `sent back ${((Date.now() - waitingSince) / 1000).toFixed(1)} s after it began to wait, by the third program`,
  );
  const lines = readFileSync(bank, "utf8").trim().split("\n");
  const booked = lines.filter((line) => line.startsWith("booked")).length;
  console.log(`the bank was asked ${lines.length} times, and booked ${booked}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the shop until it says that the order is so far, and kills it; without that, until it ends. */
async function shop(until, amount) {
  const program = new URL("./shop.mjs", import.meta.url).pathname;
  const child = spawn(process.execPath, [program, folder, ...(amount ? [String(amount)] : [])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(line);
    if (line.startsWith("the order is waiting")) waitingSince ||= Date.now();
    if (until === undefined || !line.startsWith(`the order is ${until}`)) continue;
    child.kill("SIGKILL");
    console.log("-- killed --");
    break;
  }
  await exit;
}
