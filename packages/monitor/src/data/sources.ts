import type { Inbox, MaybePromise, ReceiverDescription } from "@latchhook/core";
import type { MonitoredWebhook } from "../options.ts";

/** An endpoint whose deliveries can be read. */
export interface Source {
  readonly provider: string;
  readonly scope: string;
  /** Undefined where nothing is kept, or not yet. */
  readonly inbox: Inbox | undefined;
  /** Undefined where the options come from a function that was not called yet. */
  readonly description: ReceiverDescription | undefined;
}

/** A source whose inbox is there. */
export type ReadableSource = Source & { readonly inbox: Inbox };

/** The endpoints of the page. Two of one provider and scope share their deliveries, so the second is left out. */
export function createSources(webhooks: readonly MonitoredWebhook[]): readonly Source[] {
  const sources = webhooks.map((webhook): Source => {
    const description = webhook.describe?.();
    const { provider = "", scope = "" } = description ?? {};
    return { provider, scope, inbox: webhook.inbox, description };
  });
  const seen = new Set<string>();
  return sources.filter((source) => {
    if (source.description === undefined) return true;
    const name = sourceName(source);
    return !seen.has(name) && seen.add(name) !== undefined;
  });
}

export function readable(sources: readonly Source[]): readonly ReadableSource[] {
  return sources.filter((source): source is ReadableSource => source.inbox !== undefined);
}

/** What the inboxes of the page's own endpoints say; those that share a store see each other's. */
export async function readEach<Row extends Pick<Source, "provider" | "scope">>(
  sources: readonly Source[],
  read: (inbox: Inbox) => MaybePromise<readonly Row[]>,
): Promise<readonly Row[]> {
  const lists = await Promise.all(
    readable(sources).map(async (source) => (await read(source.inbox)).filter((row) => isOf(source, row))),
  );
  return lists.flat();
}

/** Whether a row is of this endpoint. */
export function isOf(
  source: Pick<Source, "provider" | "scope">,
  row: Pick<Source, "provider" | "scope">,
): boolean {
  return row.provider === source.provider && row.scope === source.scope;
}

/** What a sender is called: by the names that logs and metrics have too. */
export function sourceName({ provider, scope }: Pick<Source, "provider" | "scope">): string {
  return scope === "" ? provider : `${provider} (${scope})`;
}
