/** Does `work` for every item, in their order, for no more than `limit` of them at once. */
export async function forEachAtOnce<Item>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

/** The same where what fails keeps nothing else from being done: gives how each ended, in the order of the items. */
export async function settleAtOnce<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly PromiseSettledResult<Result>[]> {
  const results: PromiseSettledResult<Result>[] = [];
  await forEachAtOnce(items.entries(), Math.min(limit, items.length), async ([index, item]) => {
    [results[index]] = (await Promise.allSettled([work(item)])) as [PromiseSettledResult<Result>];
  });
  return results;
}
