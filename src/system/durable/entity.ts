const MAIL = "!mail";

/**
 * The name under which an actor is stored: "app/counter", or "app/users#ann" for one of a keyed group. No path has a "#" or "!";
 * a key may have both, and its "!" stand twice: what ends in one that stands alone is another entity of the same actor.
 */
export function entityOf(path: string, key: string | undefined): string {
  return key === undefined ? path : `${path}#${key.replaceAll("!", "!!")}`;
}

/** The name under which the mail of an actor is stored. */
export function mailOf(entity: string): string {
  return entity + MAIL;
}

/** The key whose mail an entity is, in the keyed group at a path; undefined for everything else. */
export function keyOfMail(id: string, path: string): string | undefined {
  if (!id.startsWith(`${path}#`) || !id.endsWith(MAIL)) return undefined;
  const escaped = id.slice(path.length + 1, -MAIL.length);
  // An odd one would be of the key: then this is the state of a key that ends in "!mail".
  const ends = /!*$/.exec(escaped)![0].length;
  return ends % 2 === 0 ? escaped.replaceAll("!!", "!") : undefined;
}

/** The keys of the keyed group at a path that have mail, among all entities. */
export function keysWithMail(ids: Iterable<string>, path: string): string[] {
  return [...ids].flatMap((id) => keyOfMail(id, path) ?? []);
}
