import type { OpenStore, StoredEntity } from "../../src/system/durable/store.js";
import { digestOf } from "./store-model.js";

/** Everything an open store holds, by id, sorted. */
export async function entitiesOf(store: OpenStore): Promise<[id: string, entity: StoredEntity][]> {
  const entities: [string, StoredEntity][] = [];
  for (const id of [...store.ids()].sort()) {
    const entity = await store.read(id);
    if (entity === undefined) throw new Error(`the store names ${JSON.stringify(id)} and has nothing of it`);
    entities.push([id, entity]);
  }
  return entities;
}

/** The same as a digest, that a model's can be compared with. */
export async function heldBy(store: OpenStore): Promise<string> {
  return digestOf(await entitiesOf(store));
}
