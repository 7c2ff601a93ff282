import { StruckSpeech } from "./actor.mjs";

export class LimitedSpeech extends StruckSpeech {
  static methods = { ...StruckSpeech.methods, push: { ...StruckSpeech.methods?.push, limit: "100ms" } };
}
