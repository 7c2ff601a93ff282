import { Actor } from "holdfast";

export declare class Hostile extends Actor {
  throwsUnreadable(): never;
  throwsProxy(): never;
  throwsField(): never;
  throwsBare(): never;
  rejects(): Promise<never>;
  returnsThen(): object;
  returnsThenable(): object;
  returnsProxy(): object;
  ok(): string;
  who(): number;
}
