import { Actor } from "holdfast";

export declare class Arrays extends Actor {
  doubled(array: Float32Array): Float32Array;
  kept(): number[];
  facts(array: Float32Array): { shared: boolean; exact: boolean };
  borrowed(array: Float32Array): { shared: boolean; at7: number };
  later(array: Float32Array, ms: number): Promise<number>;
  openFiles(): { pid: number; files: string[] };
  filesOfChild(): string;
  closeFiles(): void;
  order(i: number, arrayOrNumber: Float32Array | number): void;
  seen(): number[];
}
