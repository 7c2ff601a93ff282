import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A TCP relay in front of a server: it can cut every connection, refuse new ones, and hold bytes back. */
export class Relay {
  readonly #server: Server;
  readonly #pairs = new Set<{ near: Socket; far: Socket }>();
  #refusing = false;
  /** Connections ever relayed. */
  connections = 0;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      near.on("error", () => {});
      if (this.#refusing) {
        near.destroy();
        return;
      }
      this.connections += 1;
      const far = connect(port, "127.0.0.1");
      far.on("error", () => {});
      const pair = { near, far };
      this.#pairs.add(pair);
      near.pipe(far);
      far.pipe(near);
      for (const socket of [near, far]) {
        socket.on("close", () => {
          near.destroy();
          far.destroy();
          this.#pairs.delete(pair);
        });
      }
    });
  }

  static async to(port: number): Promise<Relay> {
    const relay = new Relay(port);
    await new Promise<void>((resolve) => relay.#server.listen(0, "127.0.0.1", resolve));
    return relay;
  }

  /** Its port is not the server's: the server must allow the Host header. */
  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Cuts every connection, as a pulled cable that is plugged in again. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  /** Cuts every connection and lets nobody in. */
  refuse(): void {
    this.#refusing = true;
    this.cut();
  }

  accept(): void {
    this.#refusing = false;
  }

  /** The connections of now stay open and carry nothing any more: half-open. */
  hold(): void {
    for (const { near, far } of this.#pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.resume();
      far.resume();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
