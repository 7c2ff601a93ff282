import type { HttpAnswer, HttpRequest } from "./http-exchange.js";
import type { Subject, TestedModel } from "./subject.js";

/** Where a sentence stands: the specification, Triton's extensions to it, HTTP itself, or what robust servers do. */
export type Source =
  | "inference_rest.md"
  | "required_api.md"
  | `extension_${string}.md`
  | "RFC 9110"
  | "RFC 9112"
  | "good practice";

/** One thing that a server has to do, as data: what is sent, and what has to come back. */
export interface Requirement {
  /** Its name, for people and programs: `infer.id`. */
  readonly id: string;
  /** What holds, in a few words. */
  readonly title: string;
  /** The sentence that it stands for. */
  readonly says: string;
  readonly source: Source;
  /** "required": a server that fails it is none of this protocol. "expected": it is one that will surprise its callers. */
  readonly level: "required" | "expected";
  /** It holds for servers that say that they have this extension. */
  readonly extension?: string;
  /** What is sent, one after the other; text says why it cannot be tried here. */
  requests(subject: Subject): readonly HttpRequest[] | string;
  /** @throws Unmet with what is wrong; what it returns does not matter */
  judge(answers: readonly HttpAnswer[], subject: Subject): void;
}

/** What does not hold, in words. */
export class Unmet extends Error {}

/** @throws Unmet */
export function unmet(problem: string): never {
  throw new Unmet(problem);
}

/** A model that a requirement can be tried on. */
export interface Wanted {
  /** For whoever wonders why it was skipped: "a model of two inputs". */
  readonly words: string;
  fits(model: TestedModel, subject: Subject): boolean;
}

/** A requirement about a model: on the first that fits. */
export interface ModelRequirement extends Omit<Requirement, "requests" | "judge"> {
  /** Default: the first that is known to answer JSON. */
  readonly on?: Wanted;
  requests(model: TestedModel, subject: Subject): readonly HttpRequest[] | string;
  judge(answers: readonly HttpAnswer[], model: TestedModel, subject: Subject): void;
}

/** JSON has no standard form of half floats: servers refuse them there. */
const hasHalves = ({ inputs, outputs }: TestedModel) =>
  [...inputs, ...outputs].some(({ datatype }) => datatype === "FP16" || datatype === "BF16");

/** What any check of an inference in JSON needs. */
export const speaksJson: Wanted = {
  words: "one whose inputs are known, without FP16 and BF16, of which JSON has no standard form",
  fits: (model) => model.sample !== undefined && !hasHalves(model),
};

export const anyModel: Wanted = { words: "there", fits: () => true };

/** For what can be asked in binary data too. */
export const runs: Wanted = { words: "one whose inputs are known", fits: ({ sample }) => sample !== undefined };

/** For what tells tensors of one request apart. */
export const several = (what: "inputs" | "outputs"): Wanted => ({
  words: `one of several ${what}, whose inputs are known, without FP16 and BF16`,
  fits: (model, subject) => model[what].length > 1 && speaksJson.fits(model, subject),
});

/** For what is asked about one element type. */
export const takes = (datatype: string): Wanted => ({
  words: `one that takes ${datatype}, whose inputs are known`,
  fits: ({ inputs, sample }) => sample !== undefined && inputs.some((port) => port.datatype === datatype),
});

export function ofModel({ on = speaksJson, requests, judge, ...rest }: ModelRequirement): Requirement {
  const model = (subject: Subject) => subject.models.find((one) => on.fits(one, subject));
  return {
    ...rest,
    requests(subject) {
      if (subject.models.length === 0) return subject.noModel;
      const found = model(subject);
      return found ? requests(found, subject) : `there is no model for it here: it takes ${on.words}`;
    },
    judge: (answers, subject) => judge(answers, model(subject)!, subject),
  };
}
