/**
 * Runs over items, so many at once, in order of beginning. Answers come in the items' order. The first
 * that rejects is what the whole rejects with; what runs beside it is not waited for.
 */
export async function atOnce<T, R>(items: readonly T[], most: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const answers = new Array<R>(items.length);
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < items.length; i = next++) answers[i] = await run(items[i]!);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return answers;
}
