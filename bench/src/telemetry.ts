import { createReceiver, type Instrument } from "@latchhook/core";
import { standardWebhooks } from "@latchhook/core/providers/standard-webhooks";
import { memoryStore } from "@latchhook/core/stores/memory";
import { prometheus } from "@latchhook/telemetry/prometheus";
import { Registry } from "prom-client";
import { sizeText } from "./bodies.ts";
import { answered, fetchRequests } from "./fetch-requests.ts";
import { type Candidate, interleaved } from "./interleaved.ts";
import { benchSecret } from "./path-servers.ts";
import { microsecondsText, type Row } from "./report.ts";

const warmUpRequests = 2_400;

/** The fetch handler with metrics against itself without: what `prometheus` adds to each request. */
export async function telemetryRows(size: number): Promise<Row[]> {
  const run = fetchRequests(size);
  const receive = (instrument?: Instrument) => {
    const receiver = createReceiver({
      provider: standardWebhooks({ secret: benchSecret }),
      store: memoryStore(),
      persist: async () => {},
      onOutcome: instrument,
    });
    return (count: number) => run(count, (request) => receiver.handle(request));
  };
  const candidates = [
    { name: "making", run: (count: number) => run(count, async () => answered) },
    { name: "without", run: receive() },
    { name: "prometheus", run: receive(prometheus({ register: new Registry() })) },
  ] satisfies Candidate[];
  for (const candidate of candidates) await candidate.run(warmUpRequests);
  const [making, without, measured] = await interleaved(candidates, {
    rounds: 31,
    batchMs: 25,
    clock: "processor",
  });
  if (making === undefined || without === undefined || measured === undefined)
    throw new Error("not measured");
  const ratio = (measured.microseconds - making.microseconds) / (without.microseconds - making.microseconds);
  return [
    {
      case: `fetch handler, ${sizeText(size)}`,
      name: "with prometheus (time, against without)",
      figure: ratio.toFixed(2),
      absolute: microsecondsText(measured.microseconds - making.microseconds),
    },
  ];
}
