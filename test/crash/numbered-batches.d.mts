import type { StoreChange } from "../../src/system/durable/store.js";

export declare function numberedBatch(n: number): StoreChange[];
