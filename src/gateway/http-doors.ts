import type { IncomingMessage, ServerResponse } from "node:http";
import { HoldfastError } from "../errors.js";
import { pathOf } from "./http.js";
import type { HttpDoor, HttpHost, ModelActs, OpenHttpDoor } from "./http-door.js";

/** The other protocols of a gateway's port, each below its own path. */
export class HttpDoors {
  #doors: readonly { readonly prefix: string; readonly door: OpenHttpDoor }[] = [];

  /** @throws HoldfastError InvalidSpec for two at one path, or one at a path that is none; what a door throws; then none is open */
  async open(doors: readonly HttpDoor[], host: HttpHost): Promise<void> {
    for (const [i, { prefix }] of doors.entries()) {
      if (!/^(\/[\w.-]+)+$/.test(prefix))
        throw invalid(i, `has the prefix ${JSON.stringify(prefix)}: give one like "/v2"`);
      if (doors.findIndex((other) => other.prefix === prefix) < i) throw invalid(i, `is a second door at ${prefix}`);
    }
    for (const spec of doors) {
      try {
        this.#doors = [...this.#doors, { prefix: spec.prefix, door: await spec.open(host) }];
      } catch (error) {
        await this.close();
        throw error;
      }
    }
  }

  /** Whether the request was one for a door; then it is answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#doors.length === 0) return false;
    const path = pathOf(request.url);
    const found = this.#doors.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
    found?.door.handle(request, response);
    return found !== undefined;
  }

  /** Requests that are not answered yet. */
  get pending(): number {
    return this.#doors.reduce((sum, { door }) => sum + door.pending, 0);
  }

  /** Where they are. */
  get prefixes(): readonly string[] {
    return this.#doors.map(({ prefix }) => prefix);
  }

  /** What they add to /health/ready. */
  readiness(): Readonly<Record<string, { readonly ready: boolean }>> {
    return Object.assign({}, ...this.#doors.map(({ door }) => door.readiness?.()));
  }

  /** Those that operators may act on; undefined where none are served. */
  get models(): ModelActs | undefined {
    return this.#doors.find(({ door }) => door.models)?.door.models;
  }

  async close(): Promise<void> {
    const doors = this.#doors;
    this.#doors = [];
    await Promise.all(doors.map(({ door }) => door.close()));
  }
}

function invalid(place: number, problem: string): HoldfastError {
  const field = `gateway.http[${place}]`;
  return new HoldfastError("InvalidSpec", `${field} ${problem}`, { details: { field } });
}
