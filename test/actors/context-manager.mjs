import { AsyncLocalStorage } from "node:async_hooks";
import { context, ROOT_CONTEXT } from "@opentelemetry/api";

/** What users install from OpenTelemetry's own package, in as few lines as it takes. */
class Contexts {
  #storage = new AsyncLocalStorage();
  active() {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }
  with(active, fn, thisArg, ...args) {
    return this.#storage.run(active, () => fn.apply(thisArg, args));
  }
  bind(active, target) {
    return typeof target === "function" ? (...args) => this.with(active, target, undefined, ...args) : target;
  }
  enable() {
    return this;
  }
  disable() {
    return this;
  }
}

context.setGlobalContextManager(new Contexts());
