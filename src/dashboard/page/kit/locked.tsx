import type { ClientAdmin } from "../../../client/browser.js";
import type { Operator } from "../operator.js";

interface LockedProps {
  readonly operator: Operator;
  /** "dead letters" */
  readonly what: string;
  readonly why: string;
  /** Proves the token. */
  look(admin: ClientAdmin): Promise<unknown>;
}

/** Stands where something is for operators alone: asks for the token that shows it. */
export function Locked({ operator, what, why, look }: LockedProps) {
  const show = () =>
    operator.confirm({ title: `Show ${what}`, text: why, act: "Show" }, async (admin) => {
      await look(admin);
      return "";
    });
  return (
    <p>
      <button type="button" class="primary" onClick={() => void show()}>
        Show with the admin token
      </button>
    </p>
  );
}
