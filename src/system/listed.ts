/** Arguments as a list; to spread them takes as long as the whole message. */
export function listed(given: ArrayLike<unknown>): unknown[] {
  switch (given.length) {
    case 0:
      return [];
    case 1:
      return [given[0]];
    case 2:
      return [given[0], given[1]];
    case 3:
      return [given[0], given[1], given[2]];
    default:
      return Array.prototype.slice.call(given);
  }
}
