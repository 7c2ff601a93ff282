import { Actor } from "holdfast";

const no = () => {
  throw new Error("not to be looked at");
};

const closed = () => new Proxy({}, { get: no, has: no, getPrototypeOf: no, ownKeys: no });

/** Its outcomes throw when they are looked at. */
export class Hostile extends Actor {
  throwsUnreadable() {
    throw Object.defineProperty(new Error("x"), "message", { get: no });
  }
  throwsProxy() {
    throw closed();
  }
  throwsField() {
    throw Object.defineProperty(new Error("x"), "extra", { enumerable: true, get: no });
  }
  throwsBare() {
    throw Object.create(null);
  }
  async rejects() {
    throw closed();
  }
  returnsThen() {
    return Object.defineProperty({}, "then", { get: no });
  }
  returnsThenable() {
    return { then: no };
  }
  returnsProxy() {
    return closed();
  }
  ok() {
    return "ok";
  }
  who() {
    return this.self.incarnation;
  }
}
