import { HoldfastError } from "../errors.js";

/** Why a port cannot be bound, and what to do. */
export function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): HoldfastError {
  const reasons: Record<string, string> = {
    EADDRINUSE: "another program listens there: stop it, or give another port (0 takes a free one)",
    EACCES: "this user may not: give a port of 1024 or more",
    EADDRNOTAVAIL: "this machine does not have that address: bind 127.0.0.1, or 0.0.0.0 with a token",
  };
  const why = reasons[error.code ?? ""] ?? error.message;
  return new HoldfastError("InvalidSpec", `cannot listen on ${host}:${port}: ${why}`, {
    cause: error,
    details: { field: "gateway.port", host, port, errno: error.code },
  });
}
