import { Actor } from "../../actor/actor.js";
import type { CallOptions } from "../../actor/ref.js";
import { type ActorSpec, inline } from "../../system/specs.js";
import { type ModelCall, readRequest } from "../model/read-request.js";
import type { ModelAnswer } from "../runtimes/model.js";
import type { ServedDescription, ServedModels } from "./served-models.js";

/** What a front answers: the protocol of a model, and which version it was. */
export interface ModelFront extends Actor {
  infer(request: ModelCall): Promise<ModelAnswer & { readonly version: string }>;
  describe(): ServedDescription;
}

/** Requests that it passes on at once; more wait in its mailbox. */
const atOnce = 256;

/**
 * One name of a repository as an actor, whichever of its versions answers: for a gateway to expose, since versions come and
 * go. It passes on what it is asked, in the same thread, with what is left of the deadline.
 */
export function modelFront(models: ServedModels, name: string): ActorSpec<ModelFront> {
  class Front extends Actor implements ModelFront {
    static override concurrency = atOnce;
    static override onThrow = "reply";
    // Whoever runs it has a limit, and a caller its deadline.
    static override methods = { infer: { limit: Number.POSITIVE_INFINITY } };

    async infer(request: ModelCall): Promise<ModelAnswer & { readonly version: string }> {
      const { call } = this;
      const read = readRequest(models.describe(name).inputs, request);
      const options: CallOptions = { signal: call.signal, timeout: call.remaining() };
      return models.infer(name, undefined, read, options);
    }

    describe(): ServedDescription {
      return models.describe(name);
    }
  }
  return inline<ModelFront>(Front);
}
