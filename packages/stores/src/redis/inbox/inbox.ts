import type {
  InboxEntry,
  InboxFailureGroup,
  InboxQuery,
  InboxStore,
  OutcomeCode,
  OutcomeCount,
} from "@latchhook/core";
import { joinFailures, joinTallies, type SenderSuccess } from "../../shared/inbox/failure-groups.ts";
import { plainText, whole } from "../../shared/inbox/flat-record.ts";
import { mostOpen } from "../../shared/inbox/limits.ts";
import type { Script } from "../script.ts";
import { fromBase64 } from "./base64.ts";
import { readScripts } from "./read-scripts.ts";
import {
  type FoundRow,
  lastAttemptAndHeaders,
  type PackedAttempt,
  recordValues,
  toAttempt,
  toDelivery,
} from "./row.ts";
import { endOfSequences, scanDeliveries, startLimit, stretchSize } from "./scan.ts";
import { writeScripts } from "./write-scripts.ts";

/** Runs a script whose one key is the inbox's, and reads what it answers, which is JSON. */
export type RunInboxScript = <Answer>(script: Script, values: readonly string[]) => Promise<Answer>;

/** So many minutes of counts are read at once. */
const minutesAtOnce = 60;

/** Reads and changes the inbox, before the store's checks and errors. */
export function createInbox(run: RunInboxScript): InboxStore {
  return {
    async note(attempts, counts) {
      const values = [...attempts.flatMap(recordValues), ...counts.flatMap(countValues)];
      await run(writeScripts.note, [String(attempts.length), ...values]);
    },
    list: ({ before, after, limit, ...filter }) => list(run, { before, after, limit, ...filter }),
    async count(filter, limit) {
      let total = 0;
      for await (const [, matched] of scanDeliveries(run, { filter, limit, answer: "count" }))
        total += matched;
      return total;
    },
    find: (key) => find(run, key),
    failures: (limit) => joinFailures(openGroups(run), limit),
    tally: () => joinTallies(senders(run), openGroups(run)),
    counts: (since) => readCounts(run, since),
    dismiss: (key) => run(writeScripts.dismiss, [key]),
    dropBody: (key) => run(writeScripts.dropBody, [key]),
  };
}

async function list(run: RunInboxScript, { before, after, limit, ...filter }: InboxQuery) {
  const found: FoundRow[] = [];
  for await (const [, , rows] of scanDeliveries(run, { filter, before, after, limit, answer: "rows" })) {
    found.push(...rows);
  }
  return found.map(toDelivery);
}

type FoundEntry = readonly [found: FoundRow, earlier: readonly PackedAttempt[], body: string | null];

async function find(run: RunInboxScript, key: string): Promise<InboxEntry | null> {
  const entry = await run<FoundEntry | null>(readScripts.find, [key]);
  if (entry === null) return null;
  const [found, earlier, body] = entry;
  const { attempt, headers } = lastAttemptAndHeaders(found);
  return {
    delivery: toDelivery(found),
    attempts: [...earlier, attempt].map(toAttempt),
    headers,
    body: body === null ? null : fromBase64(body),
  };
}

type PackedGroup = readonly [
  ...[
    provider: string,
    scope: string,
    errorName: string | null,
    error: string | null,
    errorFrame: string | null,
  ],
  ...[outcome: OutcomeCode, failed: number, dead: number, firstAt: number, lastAt: number],
  ...[newestKey: string, types: readonly string[]],
];

type GroupStretch = readonly [next: number | null, seen: number, groups: readonly PackedGroup[]];

/** The newest deliveries that have not succeeded and that nobody runs now, in groups, one stretch after the other. */
async function* openGroups(run: RunInboxScript): AsyncGenerator<readonly InboxFailureGroup[]> {
  const requireTime = startLimit();
  let bound: number | null = endOfSequences;
  for (let seen = 0; bound !== null && seen < mostOpen; ) {
    requireTime();
    const values: readonly string[] = ["failed", "newest", String(bound), String(stretchSize)];
    const stretch: GroupStretch = await run(readScripts.groups, values);
    yield stretch[2].map(toGroup);
    bound = stretch[0];
    seen += stretch[1];
  }
}

function toGroup(group: PackedGroup): InboxFailureGroup {
  const [
    provider,
    scope,
    errorName,
    error,
    errorFrame,
    outcome,
    failed,
    dead,
    firstAt,
    lastAt,
    newestKey,
    types,
  ] = group;
  return {
    provider,
    scope,
    errorName,
    error,
    errorFrame,
    outcome,
    failed,
    dead,
    firstAt,
    lastAt,
    newestKey,
    types,
  };
}

type PackedSender = readonly [sender: readonly [provider: string, scope: string], successAt: number | null];

async function* senders(run: RunInboxScript): AsyncGenerator<SenderSuccess> {
  const requireTime = startLimit();
  let cursor = "0";
  do {
    requireTime();
    const page = await run<readonly [string, readonly PackedSender[]]>(readScripts.senders, [
      cursor,
      String(stretchSize),
    ]);
    for (const [[provider, scope], lastSuccessAt] of page[1]) yield { provider, scope, lastSuccessAt };
    cursor = String(page[0]);
  } while (cursor !== "0");
}

type CountField = readonly [
  ...[scope: string, provider: string, outcome: OutcomeCode, reason: string, bucketMs: number],
  secretIndex: number,
];

function countValues({ minute, count, ...way }: OutcomeCount): readonly string[] {
  const { scope, provider, outcome, reason, bucketMs, secretIndex } = way;
  const field: CountField = [
    ...([plainText(scope), plainText(provider), outcome, plainText(reason), bucketMs, secretIndex] as const),
  ];
  return [String(whole(minute)), JSON.stringify(field), String(whole(count))];
}

type CountPage = readonly [last: number | null, counts: readonly (readonly [number, CountField, number])[]];

async function readCounts(run: RunInboxScript, since: number): Promise<readonly OutcomeCount[]> {
  const requireTime = startLimit();
  const found: OutcomeCount[] = [];
  let from: string | null = String(since);
  while (from !== null) {
    requireTime();
    const [last, counts]: CountPage = await run<CountPage>(readScripts.counts, [from, String(minutesAtOnce)]);
    for (const [minute, [scope, provider, outcome, reason, bucketMs, secretIndex], count] of counts) {
      found.push({ minute, scope, provider, outcome, reason, bucketMs, secretIndex, count });
    }
    from = last === null ? null : `(${last}`;
  }
  return found;
}
