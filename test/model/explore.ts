import type { KeyRecord, ModelClaim, StoreModel } from "./store-model.ts";

/** How the workers write: on their own and then mark it done, or both in one transaction. */
export type WriteMode = "separate" | "commit";

/** Where a worker stands between two steps. It can pause there for any time, crash, or go on. */
type Worker =
  | { readonly at: "idle"; readonly runs: number }
  | { readonly at: "claimed"; readonly runs: number; readonly claim: ModelClaim }
  | { readonly at: "written"; readonly runs: number; readonly claim: ModelClaim }
  | { readonly at: "threw"; readonly runs: number; readonly claim: ModelClaim };

interface State {
  readonly now: number;
  readonly record: KeyRecord | null;
  readonly workers: readonly Worker[];
  /** Effects in the database. */
  readonly writes: number;
  /** Whether some sender got its 2xx. */
  readonly acknowledged: boolean;
  /** The greatest fencing token handed out. */
  readonly greatestFence: number;
  /** Owners, so that each claim has one of its own. */
  readonly nextOwner: number;
}

interface Step {
  readonly action: string;
  readonly state: State;
  /** The promise that this very step breaks. */
  readonly broken?: string | undefined;
}

export interface Exploration {
  readonly states: number;
  /** The steps that lead to the first broken promise, or undefined where none is ever broken. */
  readonly violation?: { readonly promise: string; readonly trace: readonly string[] } | undefined;
}

const workerCount = 3;
const runsPerWorker = 2;
const leaseTicks = 2;
const lastTick = 5;

/**
 * Visits every state that three workers can reach on one key, breadth first, so that a violation comes with a shortest
 * trace. At each point any worker may go on, throw, or crash, and time may pass.
 */
export function explore(store: StoreModel, mode: WriteMode): Exploration {
  const first: State = {
    now: 0,
    record: null,
    workers: Array.from({ length: workerCount }, () => ({ at: "idle", runs: 0 }) as const),
    writes: 0,
    acknowledged: false,
    greatestFence: 0,
    nextOwner: 1,
  };
  const seen = new Map<string, { readonly parent: string | undefined; readonly action: string }>();
  const key = canonical(first);
  seen.set(key, { parent: undefined, action: "start" });
  let frontier: [string, State][] = [[key, first]];

  while (frontier.length > 0) {
    const next: [string, State][] = [];
    for (const [parent, state] of frontier) {
      for (const step of steps(store, mode, state)) {
        const broken = step.broken ?? brokenInState(step.state, mode);
        if (broken !== undefined) {
          return {
            states: seen.size,
            violation: { promise: broken, trace: [...trace(seen, parent), step.action] },
          };
        }
        const reached = canonical(step.state);
        if (seen.has(reached)) continue;
        seen.set(reached, { parent, action: step.action });
        next.push([reached, step.state]);
      }
    }
    frontier = next;
  }
  return { states: seen.size };
}

function brokenInState({ acknowledged, writes }: State, mode: WriteMode): string | undefined {
  if (acknowledged && writes === 0) return "nothing is acknowledged that was not persisted";
  if (mode === "commit" && writes > 1) return "with commit the effect is exactly once";
  return undefined;
}

function* steps(store: StoreModel, mode: WriteMode, state: State): Generator<Step> {
  if (state.now < lastTick)
    yield { action: `tick ${state.now + 1}`, state: { ...state, now: state.now + 1 } };
  for (const [index, worker] of state.workers.entries()) {
    const name = `worker ${index + 1}`;
    if (worker.at === "idle") {
      if (worker.runs < runsPerWorker) yield claimStep(store, state, index, name);
      continue;
    }
    yield { action: `${name} crashes`, state: withWorker(state, index, idle(worker)) };
    if (worker.at === "claimed") yield* claimedSteps(store, mode, state, index, worker.claim, name);
    if (worker.at === "written") yield completeStep(store, state, index, worker.claim, name);
    if (worker.at === "threw") yield failStep(store, state, index, worker.claim, name);
  }
}

function claimStep(store: StoreModel, state: State, index: number, name: string): Step {
  const runs = (state.workers[index]?.runs ?? 0) + 1;
  const { record, answer } = store.claim(state.record, state.nextOwner, state.now, leaseTicks);
  const claimedState = { ...state, record, nextOwner: state.nextOwner + 1 };
  if (answer === "in-flight") {
    return {
      action: `${name} is told to wait`,
      state: withWorker(claimedState, index, { at: "idle", runs }),
    };
  }
  if (answer === "completed") {
    const acknowledged = { ...withWorker(claimedState, index, { at: "idle", runs }), acknowledged: true };
    return { action: `${name} answers a duplicate`, state: acknowledged };
  }
  const claimed = withWorker(claimedState, index, { at: "claimed", runs, claim: answer });
  return {
    action: `${name} claims with fence ${answer.fence}`,
    state: { ...claimed, greatestFence: Math.max(answer.fence, state.greatestFence) },
    broken: brokenByClaim(state, answer),
  };
}

function brokenByClaim({ acknowledged, greatestFence }: State, { fence }: ModelClaim): string | undefined {
  if (fence <= greatestFence) return "a fencing token never comes again";
  return acknowledged ? "no callback starts after completion" : undefined;
}

function* claimedSteps(
  store: StoreModel,
  mode: WriteMode,
  state: State,
  index: number,
  claim: ModelClaim,
  name: string,
): Generator<Step> {
  const runs = state.workers[index]?.runs ?? 0;
  const extended = store.extend(state.record, claim, state.now + leaseTicks);
  yield { action: `${name} extends`, state: { ...state, record: extended.record } };
  yield { action: `${name} throws`, state: withWorker(state, index, { at: "threw", runs, claim }) };
  if (mode === "separate") {
    const written = withWorker(state, index, { at: "written", runs, claim });
    yield { action: `${name} writes`, state: { ...written, writes: state.writes + 1 } };
    return;
  }
  const { record, ok } = store.complete(state.record, claim);
  const ended = withWorker(state, index, { at: "idle", runs });
  yield ok
    ? {
        action: `${name} commits`,
        state: { ...ended, record, writes: state.writes + 1, acknowledged: true },
        broken: staleUpdate(state, claim, "complete"),
      }
    : { action: `${name} rolls back`, state: ended };
}

function completeStep(store: StoreModel, state: State, index: number, claim: ModelClaim, name: string): Step {
  const { record, ok } = store.complete(state.record, claim);
  const ended = { ...withWorker(state, index, idle(state.workers[index])), record };
  return ok
    ? {
        action: `${name} completes`,
        state: { ...ended, acknowledged: true },
        broken: staleUpdate(state, claim, "complete"),
      }
    : { action: `${name} is too late to complete`, state: ended };
}

function failStep(store: StoreModel, state: State, index: number, claim: ModelClaim, name: string): Step {
  const { record, ok } = store.fail(state.record, claim, state.now);
  return {
    action: `${name} fails`,
    state: { ...withWorker(state, index, idle(state.workers[index])), record },
    broken: ok ? staleUpdate(state, claim, "fail") : undefined,
  };
}

/** An update that was applied although another claim is the current one, or the delivery is done. */
function staleUpdate({ record }: State, claim: ModelClaim, what: string): string | undefined {
  const current =
    record?.state === "in-flight" && record.owner === claim.owner && record.fence === claim.fence;
  return current ? undefined : `a stale worker cannot ${what}`;
}

function idle(worker: Worker | undefined): Worker {
  return { at: "idle", runs: worker?.runs ?? 0 };
}

function withWorker(state: State, index: number, worker: Worker): State {
  return { ...state, workers: state.workers.with(index, worker) };
}

/** Workers are alike, so states that differ only in which is which are one. */
function canonical(state: State): string {
  const workers = state.workers.map((worker) => JSON.stringify(worker)).sort();
  return JSON.stringify([{ ...state, workers }]);
}

function trace(
  seen: ReadonlyMap<string, { readonly parent: string | undefined; readonly action: string }>,
  last: string,
): string[] {
  const actions: string[] = [];
  for (let key: string | undefined = last; key !== undefined; ) {
    const entry = seen.get(key);
    if (entry?.parent !== undefined) actions.unshift(entry.action);
    key = entry?.parent;
  }
  return actions;
}
