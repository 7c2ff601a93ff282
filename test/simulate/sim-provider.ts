import type { Host, HostOptions, HostProvider } from "../../src/host/host.js";
import type { HostWorld } from "./host-world.js";
import { SimHost } from "./sim-host.js";

/** Opens simulated hosts of one isolation level; the numbers are shared by both levels, so that faults can name a host. */
export class SimProvider implements HostProvider {
  readonly isolation: "thread" | "fork";
  readonly #world: HostWorld;
  readonly #all: SimHost[];

  /** @param all every host of the run, both levels, in the order they were opened */
  constructor(world: HostWorld, isolation: "thread" | "fork", all: SimHost[]) {
    this.#world = world;
    this.isolation = isolation;
    this.#all = all;
  }

  open(options: HostOptions): Host {
    const host = new SimHost(this.#world, this.isolation, this.#all.length + 1, options);
    this.#all.push(host);
    return host;
  }

  async close(): Promise<void> {
    const own = this.#all.filter(({ isolation }) => isolation === this.isolation);
    for (const host of own) host.kill();
    await Promise.all(own.map((host) => host.gone));
  }
}
