import { Packr } from "msgpackr";
import { WebSocket } from "ws";

/**
 * A client written from docs/protocol.md alone: `ws` and plain msgpack, nothing of src/. It keeps every frame, and
 * `next` waits for the first one not yet taken that fits.
 */
export type Frame = Record<string, unknown> & { type: string };

const msgpack = new Packr({ useRecords: false });

export class RawClient {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #frames: { frame: Frame; binary: boolean }[] = [];
  #wake: () => void = () => {};
  #over = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#over = true;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      });
    });
    socket.on("error", () => {});
    socket.on("message", (data: Buffer, binary) => {
      this.#frames.push({ frame: (binary ? msgpack.unpack(data) : JSON.parse(data.toString())) as Frame, binary });
      this.#wake();
    });
  }

  /** Opens a socket without waiting for `welcome`. */
  static open(url: string, headers: Record<string, string> = {}, protocols: string[] = ["holdfast.v1"]): RawClient {
    return new RawClient(new WebSocket(url, protocols, { headers, perMessageDeflate: false }));
  }

  /** Opens and takes `welcome`. */
  static async connect(url: string, headers?: Record<string, string>, protocols?: string[]): Promise<RawClient> {
    const client = RawClient.open(url, headers, protocols);
    await client.next("welcome");
    return client;
  }

  send(frame: object): void {
    this.socket.send(msgpack.pack(frame));
  }

  sendText(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The first frame of this type (and with these fields) that was not taken yet. */
  async next(type: string, fields: Record<string, unknown> = {}): Promise<Frame> {
    return (await this.nextWithFormat(type, fields)).frame;
  }

  async nextWithFormat(type: string, fields: Record<string, unknown> = {}): Promise<{ frame: Frame; binary: boolean }> {
    for (;;) {
      const at = this.#frames.findIndex(
        ({ frame }) => frame.type === type && Object.entries(fields).every(([name, value]) => frame[name] === value),
      );
      if (at >= 0) return this.#frames.splice(at, 1)[0]!;
      if (this.#over) throw new Error(`the socket closed before ${type} ${JSON.stringify(fields)} came`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Frames that nobody has taken. */
  get left(): Frame[] {
    return this.#frames.map(({ frame }) => frame);
  }

  /** A round trip: whatever the server sent before, has arrived. */
  async settle(): Promise<void> {
    const n = Math.floor(Math.random() * 2 ** 40);
    this.send({ type: "ping", n });
    await this.next("pong", { n });
  }

  close(): void {
    this.socket.terminate();
  }
}
