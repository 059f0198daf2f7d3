import type { Inbox, InboxDetails, InboxListOptions, InboxOptions, InboxPage } from "../inbox.ts";
import type { Outcome, OutcomeObserver } from "../outcome.ts";
import type { Trusted } from "../reading/trust.ts";
import type { InboxDescription } from "../receiver/describe-receiver.ts";
import { atMost } from "../shared/at-most.ts";
import { isWorkerd } from "../shared/runtime.ts";
import { sleep } from "../shared/sleep.ts";
import { createBodyCipher } from "./body-cipher.ts";
import { type BodyKeeper, createBodyKeeper } from "./body-keeper.ts";
import { describeInbox } from "./describe-inbox.ts";
import type { Endpoint } from "./endpoint.ts";
import { logInbox } from "./inbox-log.ts";
import { resolveInbox } from "./inbox-settings.ts";
import type { InboxEntry, InboxFilter, InboxStore } from "./inbox-store.ts";
import type { HeaderPairs } from "./kept-headers.ts";
import { createNoteQueue, type NoteQueue } from "./note-queue.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { redactBody } from "./redact-body.ts";
import { createReplay } from "./replay.ts";
import { createReplayAll } from "./replay-all.ts";
import { storedText } from "./stored-text.ts";

/** An inbox as its receiver uses it. */
export interface OpenInbox {
  readonly inbox: Inbox;
  readonly recorder: Recorder;
  readonly description: InboxDescription;
  /** For `waitUntil`: resolves once what is noted by now is written. */
  written(): Promise<void>;
  /** For shutdown: writes what waits, within 5 s. */
  close(): Promise<void>;
}

const defaultPage = 50;
const largestPage = 500;
const mostCounted = 1_001;
const mostGroups = 500;

/** What people can find out must not hold up a shutdown. */
const longestFlushMs = 5_000;

/** Whose inbox is opened, and what it is to keep. */
export interface InboxOwner extends Omit<Endpoint, "settings"> {
  readonly inbox: InboxOptions;
  /** Logs among them are told when the inbox cannot be written. */
  readonly observers: readonly OutcomeObserver[];
}

/**
 * Opens the inbox of one receiver: of what its store keeps, that of its own provider and scope.
 *
 * @param deliver the receiver's own door, for replays.
 * @throws LatchhookError `invalid-option`, naming the option and what to set.
 */
export function openInbox(
  owner: InboxOwner,
  store: InboxStore,
  deliver: (trusted: Trusted) => Promise<Outcome>,
): OpenInbox {
  const { provider, scope } = owner;
  const settings = resolveInbox(owner.inbox);
  const endpoint: Endpoint = { provider, scope, settings };
  const bodies = createBodyKeeper(provider, settings, createBodyCipher(settings.keys));
  const queue = createNoteQueue(store, logInbox(endpoint, owner.observers));
  return {
    inbox: createInbox(endpoint, store, bodies, queue, deliver),
    recorder: createRecorder(endpoint, bodies, queue),
    description: describeInbox(settings),
    // On Workers no timer outlives the request.
    written: () => (isWorkerd() ? queue.flush() : queue.settled()),
    async close() {
      // An end that came after its answer is told a moment after it is counted out.
      await sleep(0);
      await atMost(queue.flush(), longestFlushMs);
    },
  };
}

/** What people see and do, of the endpoint's own deliveries. */
function createInbox(
  endpoint: Endpoint,
  store: InboxStore,
  bodies: BodyKeeper,
  queue: NoteQueue,
  deliver: (trusted: Trusted) => Promise<Outcome>,
): Inbox {
  const own = { provider: endpoint.provider.name, scope: endpoint.scope };
  const isOwn = (one: { readonly provider: string; readonly scope: string }): boolean =>
    one.provider === own.provider && one.scope === own.scope;

  async function find(key: string): Promise<InboxEntry | null> {
    const entry = await store.find(key);
    return entry !== null && isOwn(entry.delivery) ? entry : null;
  }

  /** Undefined where it asks for another receiver's deliveries. */
  function narrow(filter: InboxFilter): InboxFilter | undefined {
    const { provider = own.provider, scope = own.scope, search } = filter;
    if (!isOwn({ provider, scope })) return undefined;
    return { ...filter, ...own, search: search === undefined ? undefined : storedText(search) };
  }

  async function list({ before, limit = defaultPage, ...filter }: InboxListOptions = {}): Promise<InboxPage> {
    const narrowed = narrow(filter);
    if (narrowed === undefined) return { deliveries: [], next: null };
    const most = Math.max(1, Math.min(largestPage, Math.trunc(limit) || defaultPage));
    const found = await store.list({ ...narrowed, before, limit: most + 1 });
    const deliveries = found.slice(0, most);
    return { deliveries, next: found.length > most ? (deliveries.at(-1)?.sequence ?? null) : null };
  }

  const replay = createReplay(endpoint, bodies, find, deliver);
  return {
    list,
    get: async (key) => detailsOf(await find(key), bodies, endpoint.settings.redact),
    async count(filter = {}) {
      const narrowed = narrow(filter);
      return narrowed === undefined ? 0 : store.count(narrowed, mostCounted);
    },
    failures: async () => (await store.failures(mostGroups)).filter(isOwn),
    tally: async () => (await store.tally()).filter(isOwn),
    counts: async (since) => (await store.counts(since)).filter(isOwn),
    replay,
    replayAll: createReplayAll(store, narrow, replay),
    dismiss: async (key) => (await find(key)) !== null && store.dismiss(key),
    dropBody: async (key) => (await find(key)) !== null && store.dropBody(key),
    dropped: () => queue.dropped(),
    flush: () => queue.flush(),
  };
}

async function detailsOf(
  entry: InboxEntry | null,
  bodies: BodyKeeper,
  redact: readonly string[],
): Promise<InboxDetails | null> {
  if (entry === null) return null;
  const { delivery, attempts, headers, body } = entry;
  const kept = body === null ? undefined : await bodies.open(delivery.key, body);
  return {
    delivery,
    attempts,
    headers: headers === null ? [] : (JSON.parse(headers) as HeaderPairs),
    body: kept?.body ?? null,
    redacted: kept === undefined ? null : redactBody(kept.body, redact),
  };
}
