import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect } from "vitest";

/** A tracer whose spans can be seen once they have ended. */
export function startTracing() {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

  /** The only ended span of this name, as soon as there is one. */
  async function ended(name: string, count = 1): Promise<ReadableSpan> {
    const found = () => exporter.getFinishedSpans().filter((span) => span.name === name);
    await expect.poll(() => found().length, { timeout: 5_000 }).toBe(count);
    return found().at(-1) as ReadableSpan;
  }

  return {
    tracer: provider.getTracer("test"),
    ended,
    names: () => exporter.getFinishedSpans().map(({ name }) => name),
    async stop() {
      await provider.shutdown();
      context.disable();
      trace.disable();
    },
  };
}
