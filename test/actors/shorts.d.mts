import { Actor } from "holdfast";

export class Shorts extends Actor {
  quick(file?: string): boolean;
  note(what: string): void;
  mark(file: string): void;
  ran(): string[];
}
