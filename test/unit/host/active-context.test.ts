import { AsyncLocalStorage } from "node:async_hooks";
import * as otel from "@opentelemetry/api";
import { afterEach, expect, it } from "vitest";
import { ActiveContext } from "../../../src/host/active-context.js";

afterEach(() => otel.context.disable());

it("what is active is known from the moment that a context manager is registered, and nothing is once it has gone", () => {
  const active = new ActiveContext(otel);
  const storage = new AsyncLocalStorage<otel.Context>();
  const manager: otel.ContextManager = {
    active: () => storage.getStore() ?? otel.ROOT_CONTEXT,
    with: (context, run, self, ...args) => storage.run(context, () => run.apply(self as never, args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  };
  const key = otel.createContextKey("probe");
  const some = otel.ROOT_CONTEXT.setValue(key, 1);
  expect(active.now).toBe(otel.ROOT_CONTEXT);
  for (let i = 0; i < 2; i++) {
    otel.context.setGlobalContextManager(manager);
    expect(active.now).toBe(otel.ROOT_CONTEXT);
    expect(otel.context.with(some, () => active.now)).toBe(some);
    otel.context.disable();
    expect(storage.run(some, () => active.now)).toBe(otel.ROOT_CONTEXT);
  }
});
