import type { WireRequest, WireResponse } from "@latchhook/testing/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AppName,
  appNames,
  appSecrets,
  type RunningApp,
  startApp,
} from "../../apps/app/src/start-app.ts";
import { genuineDigests, marker, type Sender } from "./senders.ts";
import { exchange } from "./wire.ts";

/** latchhook's answers, to the letter. */
const answers = {
  processed: [200, '{"received":true}'],
  duplicate: [200, '{"received":true,"duplicate":true}'],
  malformed: [400, '{"error":"malformed"}'],
  unauthentic: [401, '{"error":"unauthentic"}'],
  timeout: [408, '{"error":"timeout"}'],
  "too large": [413, '{"error":"too large"}'],
  "unsupported encoding": [415, '{"error":"unsupported encoding"}'],
  failed: [500, '{"error":"failed"}'],
  busy: [503, '{"error":"busy"}'],
  unavailable: [503, '{"error":"unavailable"}'],
} as const;

export type Answer = keyof typeof answers;

/** A request, and the answer that it must get. */
export type Step = readonly [answer: Answer, request: WireRequest, what?: string];

/** A line of the acceptance table. Each step that is answered "processed" adds one row, and no other step any. */
export interface Case {
  /** With its number, as `A3 trailing junk after the right hex`. */
  readonly name: string;
  readonly senders: readonly Sender[];
  /** What is sent, one after the other. */
  readonly steps: (sender: Sender) => Iterable<Step> | AsyncIterable<Step>;
}

/** An app under test. */
export interface Subject {
  readonly name: AppName;
  readonly app: RunningApp;
  send(request: WireRequest): Promise<WireResponse | undefined>;
  /** Sends and compares with what must be answered. */
  expect(step: Step): Promise<void>;
}

/** The same tests against each framework's app, one server for them all; at its end the server must be clean. */
export function describeApps(
  title: string,
  tests: (subject: () => Subject) => void,
  environment: Readonly<Record<string, string>> = {},
): void {
  describe.each(appNames)(`${title}: the %s app`, (name) => {
    let subject: Subject | undefined;
    const current = (): Subject => {
      if (subject === undefined) throw new Error("The app has not started.");
      return subject;
    };
    beforeAll(async () => {
      subject = subjectOf(name, await startApp(name, { LOG_OUTCOMES: "1", ...environment }));
    });
    afterAll(async () => {
      await subject?.app.kill();
    });
    tests(current);
    it("H44 the process is alive, and has printed no secret, no signature and nothing of a body", () => {
      expectClean(current().app);
    });
  });
}

function subjectOf(name: AppName, app: RunningApp): Subject {
  const send = (request: WireRequest) => exchange(app.url, request);
  return { name, app, send, expect: async (step) => expectAnswer(await send(step[1]), step[0], step[2]) };
}

/** Fails unless `response` is latchhook's answer to the letter. */
export function expectAnswer(response: WireResponse | undefined, answer: Answer, what?: string): void {
  const [status, body] = answers[answer];
  expect({ what, status: response?.status, body: response?.body }).toEqual({ what, status, body });
  expect(response?.headers.get("content-type")).toMatch(/^application\/json\b/);
  expect(response?.headers.has("location")).toBe(false);
  if (status === 503) expect(response?.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
}

/** Runs each case for each of its senders. */
export function runTable(subject: () => Subject, cases: readonly Case[]): void {
  for (const { name, senders, steps } of cases) {
    it.each(senders.map((sender) => [sender.name, sender] as const))(
      `${name} (%s)`,
      async (_name, sender) => {
        const before = await subject().app.events();
        const processed = await runSteps(subject(), steps(sender));
        const after = await subject().app.events();
        expect(after.slice(0, before.length)).toEqual(before);
        const added = after.slice(before.length).map(({ provider }) => provider);
        expect(added).toEqual(Array.from({ length: processed }, () => sender.provider));
      },
    );
  }
}

const mostAtOnce = 16;

/**
 * Takes the steps in order, and returns how many were processed. What is refused leaves nothing behind, so refusals in
 * a row go out together.
 */
async function runSteps(subject: Subject, steps: Iterable<Step> | AsyncIterable<Step>): Promise<number> {
  let processed = 0;
  let refused: Promise<void>[] = [];
  for await (const step of steps) {
    const [answer] = step;
    const isRefusal = answer !== "processed" && answer !== "duplicate";
    if (!isRefusal || refused.length === mostAtOnce) {
      await Promise.all(refused);
      refused = [];
    }
    if (isRefusal) refused.push(subject.expect(step));
    else await subject.expect(step);
    if (answer === "processed") processed += 1;
  }
  await Promise.all(refused);
  return processed;
}

/** What is made of a genuine delivery, and must be refused. */
export type Forge = (sender: Sender, genuine: WireRequest) => Iterable<WireRequest>;

/**
 * Cases in which everything that is made of a genuine delivery is refused. The delivery itself then runs: what was
 * refused has left no trace in the store.
 */
export function refusals(
  answer: Answer,
  senders: readonly Sender[],
  forgeries: Readonly<Record<string, Forge>>,
): Case[] {
  return Object.entries(forgeries).map(([name, forge]) => ({
    name,
    senders,
    *steps(sender) {
      const genuine = sender.sign();
      let count = 0;
      for (const forged of forge(sender, genuine)) {
        count += 1;
        yield [answer, forged, `variant ${count}`];
      }
      if (count === 0) throw new Error(`${name} makes nothing of a delivery of ${sender.name}.`);
      yield ["processed", genuine, "the delivery itself"];
    },
  }));
}

/** Cases in which each request is a delivery of its own, and all are answered alike. */
export function deliveries(
  answer: Answer,
  senders: readonly Sender[],
  requests: Readonly<Record<string, (sender: Sender) => Iterable<WireRequest>>>,
): Case[] {
  return Object.entries(requests).map(([name, make]) => ({
    name,
    senders,
    *steps(sender) {
      let count = 0;
      for (const request of make(sender)) {
        count += 1;
        yield [answer, request, `variant ${count}`];
      }
    },
  }));
}

/** Fails unless the process lives and its output holds nothing that it must not. */
export function expectClean({ process, output }: RunningApp): void {
  expect([process.exitCode, process.signalCode]).toEqual([null, null]);
  for (const secret of Object.values(appSecrets)) expect(output).not.toContain(secret);
  expect(output).not.toContain(marker);
  expect([...genuineDigests].filter((digest) => digest !== "" && output.includes(digest))).toEqual([]);
}
