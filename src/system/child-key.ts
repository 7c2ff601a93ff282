/** Names of at most so many digits are numbers: small integers for V8. */
const DIGITS = 9;

const ZERO = 48;
const NINE = 57;

/**
 * A child's name as it is kept. Children that nobody names are numbered, and there may be a million of them: a small
 * integer takes no memory of its own, where its text takes 24 bytes. Pure; no two names have one key.
 */
export function keyOf(name: string): string | number {
  const { length } = name;
  if (length === 0 || length > DIGITS || (name.charCodeAt(0) === ZERO && length > 1)) return name;
  let number = 0;
  for (let at = 0; at < length; at++) {
    const digit = name.charCodeAt(at);
    if (digit < ZERO || digit > NINE) return name;
    number = number * 10 + digit - ZERO;
  }
  return number;
}
