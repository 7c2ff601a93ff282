import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * A cable to a server that can be cut:
 *
 *   browser ──▶ cable (bytes counted) ──▶ server
 *                 cut after n bytes: every connection drops, new ones hang until `mend`
 */
export class CutCable {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #target = 0;
  #left = Number.POSITIVE_INFINITY;
  #waiting: (() => void)[] | undefined;
  #onCut = () => {};

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#take(socket));
  }

  static async lay(): Promise<CutCable> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new CutCable(server);
  }

  get authority(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  }

  leadTo(port: number): void {
    this.#target = port;
  }

  /** Cuts once so many more bytes have gone to the server. Resolves when it has. */
  cutAfter(bytes: number): Promise<void> {
    this.#left = bytes;
    return new Promise((resolve) => {
      this.#onCut = resolve;
    });
  }

  mend(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const join of waiting) join();
  }

  async remove(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(near: Socket): void {
    this.#hold(near);
    const join = () => {
      const far = connect(this.#target, "127.0.0.1");
      this.#hold(far);
      near.on("close", () => far.destroy());
      far.on("close", () => near.destroy());
      near.on("data", (data) => this.#count(data.length));
      near.pipe(far);
      far.pipe(near);
    };
    if (this.#waiting) this.#waiting.push(join);
    else join();
  }

  #hold(socket: Socket): void {
    this.#open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#open.delete(socket));
  }

  #count(bytes: number): void {
    this.#left -= bytes;
    if (this.#left > 0) return;
    this.#left = Number.POSITIVE_INFINITY;
    this.#waiting = [];
    for (const socket of this.#open) socket.destroy();
    this.#onCut();
  }
}
