import { noSuchMethod } from "../../actor/methods.js";
import { HoldfastError } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import { tensorOutside } from "../../transport/values.js";
import type { Addressee } from "./addressee.js";

/** Why a message can be run by no incarnation of this class, or undefined. @param known its method is one of the class's */
export function undeliverable(message: Message, { path, cell }: Addressee, known: boolean): HoldfastError | undefined {
  const { method } = message;
  if (!known) return noSuchMethod(path, method, cell!.facts);
  // In this thread it is the sender's own array; a process works on a copy always, and the manual says so.
  if (message.special !== true || cell!.host.isolation !== "thread") return undefined;
  const outside = tensorOutside(message.args);
  return (
    outside &&
    new HoldfastError(
      "InvalidValue",
      `${path}.${method} changes what it is lent, and the tensor ${outside.dtype}[${outside.shape.join(",")}] is not in shared ` +
        "memory, where its sender would see that: there was no room for it. Release tensors, or raise memory.sharedMb of system()",
    )
  );
}
