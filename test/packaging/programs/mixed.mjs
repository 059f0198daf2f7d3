// Both builds in one process, as when a library of the application is CommonJS: each takes what the other made.
import { createRequire } from "node:module";
import * as esmCore from "@latchhook/core";
import * as esmAiStats from "@latchhook/core/providers/ai-stats";
import * as esmMemory from "@latchhook/stores/memory";
import { signAiStats, toRequest } from "@latchhook/testing";

const require = createRequire(import.meta.url);
const cjsCore = require("@latchhook/core");
const cjsAiStats = require("@latchhook/core/providers/ai-stats");
const cjsMemory = require("@latchhook/stores/memory");

const secret = "whsec_of_a_consumer";
const results = [esmCore.createReceiver !== cjsCore.createReceiver];

async function deliver(core, { aiStats }, { memoryStore }, other) {
  const persist = () => {
    throw new other.LatchhookError("lease-lost", "as the other copy says it");
  };
  const failures = [];
  const onOutcome = (outcome) => {
    if (outcome.error !== undefined) failures.push(other.isLatchhookError(outcome.error));
  };
  for (const options of [{ persist: () => {} }, { persist, onOutcome }]) {
    const receiver = core.createReceiver({ provider: aiStats({ secret }), store: memoryStore(), ...options });
    const signed = signAiStats({ secret, type: "video.completed", jobId: "video_1" });
    results.push((await receiver.handle(toRequest(signed, "http://localhost/webhooks"))).status);
  }
  results.push(...failures);
}

await deliver(esmCore, cjsAiStats, cjsMemory, cjsCore);
await deliver(cjsCore, esmAiStats, esmMemory, esmCore);
console.log(JSON.stringify(results));
