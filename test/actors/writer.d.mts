import { Actor, type LogLevel } from "holdfast";

export declare class Writer extends Actor {
  say(level: LogLevel, text: string, fields?: object): void;
  hostile(): string;
  print(stream: "stdout" | "stderr", ...texts: string[]): void;
  printBytes(bytes: number[]): void;
  console(text: string): void;
  floods(times: number): string;
  stuck(text: string): void;
  later(text: string): Promise<void>;
  direct(text: string): void;
}
