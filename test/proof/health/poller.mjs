import { Agent, get } from "node:http";
import { now } from "./now.mjs";

/*
 * Who looks from outside: node poller.mjs <port>. It asks for /health/live and /health/ready every 5 ms, and prints what it
 * heard as one JSON line when its stdin is closed: { looks: [{ sent, got, answered, live, ready, whole, busy }], lateMs }.
 */

const EVERY_MS = 5;
/** Who has not answered by then does not serve. */
const PATIENCE_MS = 1000;
/** Looks that nobody has answered yet: more would only weigh on the machine. */
const MOST_OPEN = 20;
const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true });
const looks = [];
let open = 0;
let lateMs = 0;
let due = now() + EVERY_MS;

/** The status, with the body of /health/ready; undefined where nobody answers in time. */
function ask(path) {
  return new Promise((resolve) => {
    const request = get({ port, host: "127.0.0.1", path, agent, timeout: PATIENCE_MS }, (response) => {
      let body = "";
      response.on("data", (piece) => {
        body += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode, body }));
      response.on("error", () => resolve(undefined));
    });
    const tooLate = setTimeout(() => request.destroy(), PATIENCE_MS);
    request.on("error", () => resolve(undefined));
    request.on("close", () => {
      clearTimeout(tooLate);
      resolve(undefined);
    });
  });
}

async function look() {
  if (open >= MOST_OPEN) return;
  open++;
  const sent = now();
  const [live, ready] = await Promise.all([ask("/health/live"), ask("/health/ready")]);
  open--;
  const { faulty } = ready ? (JSON.parse(ready.body).actors ?? {}) : {};
  const answered = ready !== undefined;
  const whole = ready?.status === 200;
  looks.push({
    sent,
    got: now(),
    answered,
    live: live?.status === 200,
    ready: faulty?.ready === true,
    whole,
    busy: faulty?.busy,
  });
}

const timer = setInterval(() => {
  lateMs = Math.max(lateMs, now() - due);
  due = now() + EVERY_MS;
  void look();
}, EVERY_MS);
// It begins with a server that is ready: a busy machine takes its time to come to that.
do await look();
while (!looks.at(-1).whole);
looks.splice(0, looks.length - 1);
process.stdout.write("polling\n");
process.stdin.resume();
process.stdin.on("end", () => {
  clearInterval(timer);
  looks.sort((a, b) => a.sent - b.sent);
  process.stdout.write(`${JSON.stringify({ looks, lateMs })}\n`, () => process.exit(0));
});
