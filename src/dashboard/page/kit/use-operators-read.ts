import { useEffect, useState } from "preact/hooks";
import type { ClientAdmin } from "../../../client/browser.js";
import type { Operator } from "../operator.js";
import { problemText } from "../problem.js";
import { useLive } from "./live.js";

/** How often it is read while it is looked at. */
const READ_MS = 3000;

/** What operators alone may see, as far as it is known. */
export type OperatorsRead<T> =
  | { readonly kind: "locked" }
  | { readonly kind: "failed"; readonly text: string }
  | { readonly kind: "read"; readonly value: T };

/**
 * Reads again and again, as long as it is shown, from the moment that an admin token was taken until it is refused.
 * @param changed read at once when it changes
 */
export function useOperatorsRead<T>(
  operator: Operator,
  look: (admin: ClientAdmin) => Promise<T>,
  changed: unknown,
): OperatorsRead<T> {
  const [known, setKnown] = useState<OperatorsRead<T>>({ kind: "locked" });
  const unlocked = useLive(operator.unlocked);
  useEffect(() => {
    if (!unlocked) {
      setKnown({ kind: "locked" });
      return;
    }
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      const next = await readNow(operator, look);
      if (left) return;
      setKnown(next);
      // Begun again with the next token that is taken.
      if (next.kind !== "locked") timer = setTimeout(read, READ_MS);
    };
    void read();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [unlocked, changed]);
  return known;
}

async function readNow<T>(operator: Operator, look: (admin: ClientAdmin) => Promise<T>): Promise<OperatorsRead<T>> {
  try {
    const value = await operator.read(look);
    return value === undefined ? { kind: "locked" } : { kind: "read", value };
  } catch (error) {
    return { kind: "failed", text: problemText(error) };
  }
}
