import type {
  DeliveryInstrument,
  DeliveryStart,
  Instrument,
  InstrumentedEndpoint,
  Outcome,
  StoreOperation,
} from "@latchhook/core";
import { memoryStore } from "@latchhook/core/stores/memory";
import { describe, expect, it } from "vitest";
import { dialects, withSignature } from "../support/dialects.ts";
import { connectionLost, faultyStore } from "../support/faulty-store.ts";
import { until } from "../support/inbox-receiver.ts";
import { type RowTransaction, transactionalStore } from "../support/transactional-store.ts";
import { expectProcessed, type Persist, silentLog, trialReceiver } from "../support/trial-receiver.ts";

const dialect = dialects[3] as (typeof dialects)[number];
const provider = dialect.makeProvider({ secret: dialect.secrets[0] });

interface NotingInstrument extends Instrument {
  /** What it was told, in order: `verify`, `verify ok`, `processed`. */
  readonly told: string[];
  readonly starts: DeliveryStart[];
  readonly operations: StoreOperation[];
  readonly endpoints: InstrumentedEndpoint[];
}

/** An instrument that notes what it is told. */
function notingInstrument(): NotingInstrument {
  const told: string[] = [];
  const starts: DeliveryStart[] = [];
  const operations: StoreOperation[] = [];
  const endpoints: InstrumentedEndpoint[] = [];
  return Object.assign((outcome: Outcome) => told.push(`told ${outcome.code}`), {
    told,
    starts,
    operations,
    endpoints,
    attach: (endpoint: InstrumentedEndpoint) => endpoints.push(endpoint),
    storeOperation: (operation: StoreOperation) => operations.push(operation),
    begin(start: DeliveryStart): DeliveryInstrument {
      starts.push(start);
      return {
        phase(phase) {
          told.push(phase);
          return { ended: ({ ok }) => told.push(`${phase} ${ok ? "ok" : "failed"}`) };
        },
        ended: ({ code, late }) => told.push(`ended ${code}${late ? " late" : ""}`),
      };
    },
  });
}

/** The phases of a delivery that is processed. */
const processed = [
  "verify",
  "verify ok",
  "claim",
  "claim ok",
  "persist",
  "persist ok",
  "complete",
  "complete ok",
];

describe("an instrument", () => {
  it("is told of each receiver, of each request, and of its phases in order", async () => {
    const instrument = notingInstrument();
    const trial = trialReceiver(provider, {
      scope: "tenants",
      onOutcome: [instrument, silentLog],
      inbox: {},
    });
    expect(instrument.endpoints).toEqual([
      { provider: "creativeai", scope: "tenants", inbox: trial.receiver.inbox },
    ]);
    const request = dialect.sign();
    const before = Date.now();
    expectProcessed(await trial.post(request), "processed");
    expect(instrument.told).toEqual([...processed, "told processed", "ended processed"]);
    expect(instrument.starts).toEqual([
      {
        provider: "creativeai",
        scope: "tenants",
        source: "http",
        headers: request.headers,
        receivedAt: expect.any(Number),
      },
    ]);
    expect(instrument.starts[0]?.receivedAt).toBeGreaterThanOrEqual(before);
  });

  it("is told of refusals and duplicates as far as they came", async () => {
    const instrument = notingInstrument();
    const trial = trialReceiver(provider, { onOutcome: [instrument, silentLog] });
    await trial.post({ ...dialect.sign(), body: new TextEncoder().encode("{}") });
    expect(instrument.told.splice(0)).toEqual([
      "verify",
      "verify ok",
      "told unauthentic",
      "ended unauthentic",
    ]);
    await trial.post(dialect.sign());
    instrument.told.length = 0;
    await trial.post(dialect.sign());
    expect(instrument.told).toEqual([
      ...["verify", "verify ok", "claim", "claim ok"],
      ...["told duplicate", "ended duplicate"],
    ]);
  });

  it("is told which phase failed", async () => {
    const instrument = notingInstrument();
    const faulty = faultyStore();
    let calls = 0;
    const trial = trialReceiver(provider, {
      onOutcome: [instrument, silentLog],
      store: faulty.store,
      persist() {
        if (++calls === 1) throw new Error("the database is away");
      },
    });
    await trial.post(dialect.sign());
    expect(instrument.told.splice(0)).toEqual([
      ...processed.slice(0, 5),
      ...["persist failed", "told persist-failed", "ended persist-failed"],
    ]);
    faulty.intercept("complete", connectionLost);
    await trial.post(dialect.sign());
    expect(instrument.told.slice(-3)).toEqual([
      ...["complete failed", "told store-unavailable", "ended store-unavailable"],
    ]);
  });

  it("is told of the end when the callback ends, also where the deadline came first", async () => {
    const instrument = notingInstrument();
    let finish = (): void => {};
    const persist = () => new Promise<void>((resolve) => (finish = resolve));
    const trial = trialReceiver(provider, {
      onOutcome: [instrument, silentLog],
      persist,
      deadlineMs: 60,
      waitMs: 20,
    });
    await trial.post(dialect.sign());
    expect(instrument.told.slice(4)).toEqual(["persist", "told deadline-exceeded"]);
    finish();
    await until(() => instrument.told.at(-1) === "ended processed late");
    expect(instrument.told.slice(6)).toEqual([
      ...["persist ok", "complete", "complete ok", "told processed", "ended processed late"],
    ]);
  });

  it("is told of the end when the lease is lost, and then no more, however the callback ends", async () => {
    const instrument = notingInstrument();
    let finish = (): void => {};
    const persist = () => new Promise<void>((resolve) => (finish = resolve));
    const trial = trialReceiver(provider, {
      onOutcome: [instrument, silentLog],
      persist,
      leaseMs: 60,
      maxRunMs: 60,
    });
    await trial.post(dialect.sign());
    expect(instrument.told.slice(4)).toEqual(["persist", "ended lease-lost", "told lease-lost"]);
    finish();
    await until(() => instrument.told.includes("told processed"));
    expect(instrument.told.filter((told) => told.startsWith("ended"))).toEqual(["ended lease-lost"]);
  });

  it("is told of what did not come over HTTP", async () => {
    const instrument = notingInstrument();
    const { receiver } = trialReceiver(provider, { onOutcome: [instrument, silentLog] });
    const { body, headers } = dialect.sign();
    const receivedAt = Date.now() + 5;
    const trusted = await receiver.trust({ body, headers, source: "reconcile", receivedAt });
    if (!trusted.ok) throw new Error(trusted.reason);
    await receiver.deliver(trusted);
    expect(instrument.starts).toEqual([expect.objectContaining({ source: "reconcile", receivedAt })]);
    expect(instrument.told).toEqual([...processed.slice(2), "told processed", "ended processed"]);
  });

  it("is told how long each operation of the store took, and what it answered", async () => {
    const instrument = notingInstrument();
    const faulty = faultyStore();
    const trial = trialReceiver(provider, { onOutcome: [instrument, silentLog], store: faulty.store });
    await trial.post(dialect.sign());
    await trial.post(dialect.sign());
    faulty.intercept("claim", connectionLost);
    await trial.post(dialect.sign());
    faulty.intercept("claim", async () => connectionLost());
    await trial.post(dialect.sign());
    expect(instrument.operations.map(({ operation, result }) => `${operation} ${result}`)).toEqual([
      ...["claim claimed", "complete ok", "claim completed", "claim error", "claim error"],
    ]);
    for (const { store, durationMs } of instrument.operations) {
      expect(store).toBe("memory");
      expect(durationMs).toBeGreaterThanOrEqual(0);
    }
  });

  it("leaves a store what it can and what it cannot", async () => {
    const instrument = notingInstrument();
    const store = transactionalStore();
    const insert = ((transaction: RowTransaction) => transaction.insert("once")) as never;
    const persist: Persist = (_event, delivery) => delivery.commit(insert);
    const trial = trialReceiver(provider, {
      onOutcome: [instrument, silentLog],
      store: store as never,
      persist,
    });
    expectProcessed(await trial.post(dialect.sign()), "committed");
    expect(store.rows).toEqual(["once"]);
    expect(instrument.operations.map(({ operation }) => operation)).toEqual(["claim", "commit"]);
    const without = trialReceiver(provider, { onOutcome: [instrument, silentLog], persist });
    expect((await without.post(dialect.sign())).status).toBe(500);
  });

  it("that does not ask for operations does not get a store in between", async () => {
    const calls: string[] = [];
    const store = memoryStore();
    const watched = new Proxy(store, {
      get(target, name, self) {
        const member: unknown = Reflect.get(target, name, self);
        if (name !== "claim") return member;
        return function claim(this: unknown, ...parameters: Parameters<typeof store.claim>) {
          calls.push(this === watched ? "the store itself" : "something else");
          return store.claim(...parameters);
        };
      },
    });
    const onOutcome: Instrument = Object.assign(() => {}, { begin: () => undefined });
    await trialReceiver(provider, { onOutcome, store: watched }).post(dialect.sign());
    expect(calls).toEqual(["the store itself"]);
  });
});

function fail(): never {
  throw new Error("instrument");
}
const hang = (): Promise<never> => new Promise(() => {});
const reject = async (): Promise<never> => fail();

/** Instruments that do what they must not. */
const broken: Readonly<
  Record<string, Partial<Record<"attach" | "begin" | "storeOperation", () => unknown>>>
> = {
  "throws at the beginning": { attach: fail, begin: fail, storeOperation: fail },
  "rejects at the beginning": { attach: reject, begin: reject, storeOperation: reject },
  "hangs at the beginning": { attach: hang, begin: hang, storeOperation: hang },
  "gives nonsense": { begin: () => "nonsense" },
  "throws in a phase": { begin: () => ({ phase: fail, ended: fail }) },
  "throws around the work": { begin: () => ({ phase: () => ({ run: fail, ended: fail }) }) },
  "throws after the work": {
    begin: () => ({
      phase: () => ({
        run(work: () => void) {
          work();
          fail();
        },
      }),
    }),
  },
  "never begins the work": { begin: () => ({ phase: () => ({ run: hang, ended: hang }), ended: hang }) },
  "begins the work twice": {
    begin: () => ({
      phase: () => ({
        run(work: () => void) {
          work();
          work();
        },
      }),
    }),
  },
  "begins the work too late": {
    begin: () => ({ phase: () => ({ run: (work: () => void) => setTimeout(work, 1) }) }),
  },
};

describe("an instrument", () => {
  it.each(Object.entries(broken))("H102 that %s changes nothing", async (_what, members) => {
    let calls = 0;
    const witness = notingInstrument();
    const persist = () => {
      if (++calls === 1) throw new Error("the database is away");
    };
    const onOutcome = [
      Object.assign(fail, { begin: () => undefined, ...members }) as Instrument,
      witness,
      silentLog,
    ];
    const trial = trialReceiver(provider, { onOutcome, persist });
    expect((await trial.post(dialect.sign())).status).toBe(500);
    expectProcessed(await trial.post(dialect.sign()), "processed");
    expect((await trial.post(dialect.sign())).body).toContain("duplicate");
    expect((await trial.post(withSignature(dialect, dialect.sign(), "junk"))).status).toBe(401);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await trial.receiver.close();
    expect(calls).toBe(2);
    expect(witness.told.filter((told) => told.startsWith("ended"))).toEqual([
      ...["ended persist-failed", "ended processed", "ended duplicate", "ended unauthentic"],
    ]);
  });
});
