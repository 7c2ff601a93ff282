import { Actor } from "holdfast";

export declare class Served extends Actor {
  hasRoom(): boolean;
}
