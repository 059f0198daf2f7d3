/** How calls are sent: alone when nothing else is going on, together when there is. */
export interface Sender<Item, Result> {
  sendOne(item: Item): Promise<Result>;
  /** Resolves with the results in the order of the items, or rejects for all of them. */
  sendMany(items: readonly Item[]): Promise<readonly Result[]>;
  /** Whether the failure of a batch may be due to one of its items: then each is sent alone. */
  isDivisible(error: unknown): boolean;
}

/** Beyond it a statement gains little and holds its locks longer. */
const longestBatch = 128;

/** How long a call waits for the batch before it. Long enough for a slow flush, short enough to get past a hung one. */
const patienceMs = 20;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers the calls that arrive while earlier ones are on the wire into one statement, and so into one round trip
 * and one flush. A call that finds the wire free is sent at once, with those of the same tick.
 */
export function coalesce<Item, Result>(sender: Sender<Item, Result>): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let onTheWire = 0;
  let scheduled = false;
  let patience: ReturnType<typeof setTimeout> | undefined;

  function submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (onTheWire > 0) patience ??= setTimeout(sendWaiting, patienceMs);
      else schedule();
    });
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(sendWaiting);
  }

  function sendWaiting(): void {
    scheduled = false;
    clearTimeout(patience);
    patience = undefined;
    const all = waiting;
    waiting = [];
    for (let start = 0; start < all.length; start += longestBatch) {
      void deliver(all.slice(start, start + longestBatch));
    }
  }

  async function deliver(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    onTheWire++;
    await settle(sender, batch);
    onTheWire--;
    if (onTheWire === 0 && waiting.length > 0) schedule();
  }

  return submit;
}

/** Sends a batch and answers each of its calls. Never rejects. */
async function settle<Item, Result>(
  sender: Sender<Item, Result>,
  batch: readonly Waiting<Item, Result>[],
): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  if (batch.length === 1) return sender.sendOne(first.item).then(first.resolve, first.reject);
  try {
    const results = await sender.sendMany(batch.map(({ item }) => item));
    batch.forEach(({ resolve }, index) => {
      resolve(results[index] as Result);
    });
  } catch (error) {
    if (sender.isDivisible(error)) {
      await Promise.all(batch.map((one) => sender.sendOne(one.item).then(one.resolve, one.reject)));
    } else {
      for (const { reject } of batch) reject(error);
    }
  }
}
