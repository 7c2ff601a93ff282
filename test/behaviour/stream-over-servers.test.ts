import { setTimeout as sleep } from "node:timers/promises";
import { connect, type InputStream } from "holdfast/client";
import { expect, it, onTestFinished } from "vitest";
import { DurableServer } from "./durable-server.js";

async function served(): Promise<{ server: DurableServer; stream: InputStream }> {
  const server = new DurableServer("tally");
  onTestFinished(() => server.end());
  await server.start();
  const client = await connect(`ws://127.0.0.1:${server.port}/`, { reconnect: { initial: 20, max: 100 } });
  onTestFinished(() => client.close());
  return { server, stream: client.stream("stream") };
}

const sums = (numbers: readonly number[]) => {
  let total = 0;
  return numbers.map((n, at) => {
    total += n;
    return { total, count: at + 1 };
  });
};

it("a stream into a durable actor goes on in the next process when the server is killed, each chunk counted once", async () => {
  const { server, stream } = await served();
  const numbers = Array.from({ length: 400 }, (_, at) => at + 1);
  const answers: Promise<unknown>[] = [];
  for (const n of numbers) {
    answers.push(stream.push(n));
    // Some answered, some under way, some not sent: wherever the kill finds them.
    if (n % 40 === 0) await answers[n - 20];
    if (n % 130 === 0) {
      await sleep(n % 7);
      await server.kill();
      await server.start();
    }
  }
  expect(await Promise.all(answers)).toEqual(sums(numbers));
  expect(await stream.end()).toBe(numbers.length);
});

it("a chunk that was refused is refused in the next process too, and changes nothing", async () => {
  const { server, stream } = await served();
  const answers = [1, 0, 2].map((n) => stream.push(n));
  const outcomes = await Promise.allSettled(answers);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await server.kill();
  await server.start();
  expect(await stream.push(3)).toEqual({ total: 6, count: 3 });
});

it("the end of a stream ends its state, and another stream of the key begins anew", async () => {
  const { server, stream } = await served();
  const client = await connect(`ws://127.0.0.1:${server.port}/`, { reconnect: { initial: 20, max: 100 } });
  onTestFinished(() => client.close());
  const mine = client.stream("stream", { key: "mine" });
  expect(await mine.push(5)).toEqual({ total: 5, count: 1 });
  expect(await mine.end()).toBe(1);
  await server.kill();
  await server.start();
  expect(await stream.push(1)).toEqual({ total: 1, count: 1 });
  const again = await eventually(() => client.stream("stream", { key: "mine" }).push(1));
  expect(again).toEqual({ total: 1, count: 1 });
});

/** The stream before is released a moment after its end was heard. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(20);
    }
  }
}
