import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";

/**
 * Admin tokens by the name of who has them.
 * @param check of one token
 * @param others tokens that none of them may be
 * @throws HoldfastError InvalidSpec naming the option, never a token
 */
export function adminTokensIn(
  given: Readonly<Record<string, string>> | undefined,
  check: (field: string, token: string) => unknown,
  others: readonly (string | undefined)[],
): Readonly<Record<string, string>> {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw invalid("adminTokens", `${shown(given)}: give an object, such as { alice: process.env.ALICE_TOKEN }`);
  }
  const seen = new Set(others);
  for (const [name, token] of Object.entries(given)) {
    const field = `adminTokens.${name}`;
    // It is shown to people, and written into files.
    if (!/^[\w.@-]{1,64}$/.test(name)) {
      throw invalid("adminTokens", `has the name ${shown(name)}: give 1 to 64 letters, digits, "_", "-", "." and "@"`);
    }
    if (token === undefined) throw invalid(field, "undefined: give a token, or leave the name out");
    check(field, token);
    if (seen.has(token)) throw invalid(field, "the same as another token: give each a token of its own");
    seen.add(token);
  }
  return { ...given };
}

/** @throws HoldfastError InvalidSpec */
export function proxiesIn(given: readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  const wrong = Array.isArray(given) ? given.find((one) => !/^[0-9a-f.:]{2,64}$/i.test(String(one))) : given;
  if (!Array.isArray(given) || wrong !== undefined) {
    throw invalid("trustProxies", `${shown(wrong)}: give a list of addresses, such as ["127.0.0.1", "10.0.0.2"]`);
  }
  return [...given];
}

function invalid(field: string, problem: string): HoldfastError {
  const verb = problem.startsWith("has ") ? "" : "is ";
  return new HoldfastError("InvalidSpec", `gateway.${field} ${verb}${problem}`, {
    details: { field: `gateway.${field}` },
  });
}
