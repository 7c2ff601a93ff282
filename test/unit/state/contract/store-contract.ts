import { describe, expect, it } from "vitest";
import { realClock } from "../../../../src/clock.js";
import { isHoldfastError } from "../../../../src/errors.js";
import type { OpenStore, Store, StoreChange, StoredEntity, StoreNews } from "../../../../src/system/durable/store.js";
import { entitiesOf, heldBy } from "../../../crash/held.js";
import { digestOf, StoreModel } from "../../../crash/store-model.js";
import { Workload } from "../../../crash/workload.js";

/** A place of its own for each test: every store that is made there finds what those before it have left. */
export type MakePlace = () => Promise<() => Store> | (() => Store);

const bytes = (text: string) => Buffer.from(text);
const base = (id: string, seq: number, text = `base ${seq}`): StoreChange => ({
  kind: "base",
  id,
  seq,
  data: bytes(text),
});
const tail = (id: string, seq: number, text = `tail ${seq}`): StoreChange => ({
  kind: "tail",
  id,
  seq,
  data: bytes(text),
});
const drop = (id: string, seq: number): StoreChange => ({ kind: "drop", id, seq });

function open(store: Store, news: StoreNews[] = []): Promise<OpenStore> {
  return store.open({ clock: realClock, tell: (one) => news.push(one) });
}

function shown(entity: StoredEntity | undefined) {
  const texts = (pieces: StoredEntity["tail"]) => pieces.map(({ seq, data }) => `${seq}: ${Buffer.from(data)}`);
  return entity && { bases: texts(entity.bases), tail: texts(entity.tail) };
}

/** What every store does, whatever keeps its bytes. */
export function storeContract(name: string, makePlace: MakePlace): void {
  /** Works on a store, closes it, and looks at it again in one that is opened anew. */
  async function twice(work: (store: OpenStore) => Promise<void>, look: (store: OpenStore) => Promise<void>) {
    const make = await makePlace();
    const first = await open(make());
    await work(first);
    await look(first);
    await first.close();
    const second = await open(make());
    await look(second);
    await second.close();
  }

  describe(name, () => {
    it("is empty at first, and stays so", async () => {
      const nothing = async (store: OpenStore) => {
        expect([...store.ids()]).toEqual([]);
        expect(await store.read("app/nobody")).toBeUndefined();
        expect(store.failure).toBeUndefined();
      };
      await twice(nothing, nothing);
    });

    it("keeps the newest base, the one before it, and the tail since that one", async () => {
      await twice(
        async (store) => {
          await store.append([base("a", 4), tail("a", 5), tail("a", 6)]);
          await store.append([tail("a", 7), base("a", 7)]);
          await store.append([tail("a", 8)]);
          expect(shown(await store.read("a"))).toEqual({
            bases: ["7: base 7", "4: base 4"],
            tail: ["5: tail 5", "6: tail 6", "7: tail 7", "8: tail 8"],
          });
          await store.append([base("a", 9)]);
        },
        async (store) => {
          expect(shown(await store.read("a"))).toEqual({ bases: ["9: base 9", "7: base 7"], tail: ["8: tail 8"] });
        },
      );
    });

    it("keeps the whole tail until there are two bases", async () => {
      await twice(
        (store) => store.append([tail("a", 1), tail("a", 2), base("a", 2), tail("a", 3)]),
        async (store) => {
          expect(shown(await store.read("a"))).toEqual({
            bases: ["2: base 2"],
            tail: ["1: tail 1", "2: tail 2", "3: tail 3"],
          });
        },
      );
    });

    it("lets a base take the place of those of its own and of later moments, and a piece that of one with its number", async () => {
      await twice(
        async (store) => {
          await store.append([base("a", 4), base("a", 7, "old"), base("a", 7, "new"), tail("a", 8, "old")]);
          await store.append([tail("a", 8, "new"), base("b", 4), base("b", 7), base("b", 3)]);
        },
        async (store) => {
          expect(shown(await store.read("a"))).toEqual({ bases: ["7: new", "4: base 4"], tail: ["8: new"] });
          expect(shown(await store.read("b"))).toEqual({ bases: ["3: base 3"], tail: [] });
        },
      );
    });

    it("has no entity of which nothing is left", async () => {
      await twice(
        async (store) => {
          await store.append([tail("mail", 1), tail("mail", 2), base("gone", 5), tail("gone", 6), tail("kept", 1)]);
          await store.append([drop("mail", 1), drop("mail", 9), drop("nobody", 1)]);
          expect(shown(await store.read("mail"))).toEqual({ bases: [], tail: ["2: tail 2"] });
          await store.append([drop("mail", 2), { kind: "forget", id: "gone" }, { kind: "forget", id: "nobody" }]);
        },
        async (store) => {
          expect([...store.ids()]).toEqual(["kept"]);
          expect(await store.read("gone")).toBeUndefined();
          expect(await store.read("mail")).toBeUndefined();
        },
      );
    });

    it("begins anew what was forgotten, also in one batch", async () => {
      await twice(
        async (store) => {
          await store.append([base("a", 5), tail("a", 6)]);
          await store.append([{ kind: "forget", id: "a" }, tail("a", 1, "new")]);
        },
        async (store) => expect(shown(await store.read("a"))).toEqual({ bases: [], tail: ["1: new"] }),
      );
    });

    it("takes any text as an id, any safe integer as a number, and empty and large data", async () => {
      const ids = [
        "",
        " ",
        "app/keeper#a/b#c!mail",
        "ключ 🔑",
        "nul \0 nul",
        "\ud800",
        "\udc00",
        "x".repeat(5000),
        "__proto__",
      ];
      const large = Buffer.alloc(3_000_000, "large");
      const { MAX_SAFE_INTEGER: most } = Number;
      await twice(
        (store) =>
          store.append([
            ...ids.map((id, i) => tail(id, i, `of ${i}`)),
            { kind: "base", id: "big", seq: 0, data: large },
            tail("big", most, ""),
          ]),
        async (store) => {
          expect([...store.ids()].sort()).toEqual([...ids, "big"].sort());
          for (const [i, id] of ids.entries())
            expect(shown(await store.read(id))).toEqual({ bases: [], tail: [`${i}: of ${i}`] });
          const big = await store.read("big");
          expect(large.equals(big!.bases[0]!.data)).toBe(true);
          expect(shown({ bases: [], tail: big!.tail })).toEqual({ bases: [], tail: [`${most}: `] });
        },
      );
    });

    it("gives whoever reads bytes of its own", async () => {
      await twice(
        (store) => store.append([base("a", 1, "mine"), tail("a", 2, "mine")]),
        async (store) => {
          const read = await store.read("a");
          for (const { data } of [...read!.bases, ...read!.tail]) data.fill(0);
          expect(shown(await store.read("a"))).toEqual({ bases: ["1: mine"], tail: ["2: mine"] });
        },
      );
    });

    it("acknowledges in order, and an empty batch after those before it", async () => {
      const make = await makePlace();
      const store = await open(make());
      const order: number[] = [];
      const appended = Array.from({ length: 200 }, (_, i) =>
        store.append(i % 7 === 3 ? [] : [tail(`of ${i % 5}`, i)]).then(() => order.push(i)),
      );
      await Promise.all(appended);
      expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i));
      await store.close();
    });

    it("refuses changes that it could not give back, and is none the worse for them", async () => {
      const wrong: unknown[] = [
        { kind: "tail", id: 7, seq: 1, data: bytes("x") },
        { kind: "tail", id: "a", seq: 0.5, data: bytes("x") },
        { kind: "tail", id: "a", seq: -1, data: bytes("x") },
        { kind: "base", id: "a", seq: Number.NaN, data: bytes("x") },
        { kind: "drop", id: "a", seq: "1" },
        { kind: "base", id: "a", seq: 1, data: "text" },
      ];
      await twice(
        async (store) => {
          for (const change of wrong) {
            const refused = store.append([tail("a", 3), change as StoreChange]);
            await expect(refused).rejects.toMatchObject({ code: "InvalidValue" });
          }
          await store.append([tail("b", 1)]);
        },
        async (store) => expect([...store.ids()]).toEqual(["b"]),
      );
    });

    it("takes nothing once it is closed, keeps all it was given before, and is closed once", async () => {
      const make = await makePlace();
      const store = await open(make());
      let acknowledged = false;
      const last = store.append([tail("a", 1)]).then(() => {
        acknowledged = true;
      });
      await Promise.all([store.close(), store.close()]);
      expect(acknowledged).toBe(true);
      await last;
      await expect(store.append([tail("a", 2)])).rejects.toMatchObject({ code: "StoreFailed" });
      const again = await open(make());
      expect(shown(await again.read("a"))).toEqual({ bases: [], tail: ["1: tail 1"] });
      await again.close();
    });

    it("is open in one place at a time", async () => {
      const make = await makePlace();
      const store = make();
      const first = await open(store);
      const second = await open(store).catch((error: unknown) => error);
      expect(isHoldfastError(second, "StoreInUse") && second.details.pid).toBe(process.pid);
      await first.append([tail("a", 1)]);
      await first.close();
      const third = await open(store);
      expect([...third.ids()]).toEqual(["a"]);
      await third.close();
    });

    it("holds what a model of it holds, through many batches and openings", async () => {
      const make = await makePlace();
      const model = new StoreModel();
      const workload = new Workload(7, { entities: 5, bytes: 400 });
      for (let opening = 0; opening < 5; opening++) {
        const news: StoreNews[] = [];
        const store = await open(make(), news);
        expect(await heldBy(store)).toBe(model.digest());
        const appended: Promise<void>[] = [];
        for (let i = 0; i < 100; i++) {
          const batch = workload.next(model);
          model.apply(batch);
          appended.push(store.append(batch));
          if (i % 9 === 0) await appended.at(-1);
        }
        await Promise.all(appended);
        expect(digestOf(await entitiesOf(store))).toBe(model.digest());
        await store.close();
        expect(news).toEqual([]);
      }
    });
  });
}
