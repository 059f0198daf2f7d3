import type { InboxFailureGroup } from "@latchhook/core";
import { readCounters } from "../data/counters.ts";
import { type Generation, generationOf, readJobs } from "../data/job-health.ts";
import { type SenderHealth, senderHealth } from "../data/sender-health.ts";
import { sourceName } from "../data/sources.ts";
import { readFailures, readTallies } from "../data/tallies.ts";
import { iso } from "../page/times.ts";
import { overviewPage } from "./overview/overview-page.ts";
import type { View, ViewContext } from "./view.ts";

/** All that the overview is derived from. */
export interface Overview {
  readonly senders: readonly SenderHealth[];
  readonly groups: readonly InboxFailureGroup[];
  /** Null where no jobs are watched. */
  readonly generations: readonly Generation[] | null;
  readonly now: number;
}

/** Is it us or them? */
export async function overview({ sources, jobs, now }: ViewContext): Promise<View> {
  const [counts, tallies, groups, watched] = await Promise.all([
    readCounters(sources, now),
    readTallies(sources),
    readFailures(sources),
    readJobs(jobs),
  ]);
  const providers = [...new Set(jobs.map(({ provider }) => provider))];
  const facts: Overview = {
    senders: sources
      .filter(({ description }) => description !== undefined)
      .map((source) => senderHealth(source, counts, { tallies, groups, now })),
    groups,
    generations: jobs.length === 0 ? null : providers.map((provider) => generationOf(provider, watched, now)),
    now,
  };
  return { json: toJson(facts), page: () => overviewPage(facts, sources) };
}

function toJson({ senders, generations, now }: Overview): unknown {
  const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
  return {
    overview: {
      at: iso(now),
      senders: senders.map((sender) => ({
        name: sourceName(sender.source),
        provider: sender.source.provider,
        scope: sender.source.scope,
        success1h: sender.hour,
        success24h: sender.day,
        p95Ms: sender.p95Ms,
        failing: sender.failing,
        dead: sender.dead,
        refused1h: sender.refused,
        lastSuccessAt: isoOrNull(sender.lastSuccessAt),
        oldestFailedAt: isoOrNull(sender.oldestFailedAt),
        signature: sender.signature,
        handler: sender.handler.state,
        secretIndex: sender.secrets[0]?.index ?? null,
      })),
      generation: generations,
    },
  };
}
