import type { ReplayRefusal } from "@latchhook/core";
import { readable } from "../data/sources.ts";
import { query as link } from "../page/pieces.ts";
import { findDelivery } from "../views/delivery.ts";
import type { ViewContext } from "../views/view.ts";
import type { Acted } from "./act.ts";

const refusals: Readonly<Record<ReplayRefusal["code"], readonly [number, string]>> = {
  "not-found": [404, "Nothing was replayed: no delivery with this key is kept."],
  "no-body": [
    409,
    "Nothing was replayed: its body is not kept. Check the job, or have the sender deliver it again.",
  ],
  "already-done": [
    409,
    "Nothing was replayed: it has succeeded. To run it a second time, confirm that on its page.",
  ],
  unreadable: [
    409,
    "Nothing was replayed: what is kept of it cannot be read. Is a key of inbox.encrypt missing?",
  ],
};

/** Runs one delivery again; a done one only with `force`. */
export async function replay({ sources, access }: ViewContext, fields: URLSearchParams): Promise<Acted> {
  const key = fields.get("key") ?? "";
  const found = await findDelivery(readable(sources), key);
  if (found === undefined) return refusal("not-found");
  const force = /^(true|1|on|yes)$/i.test(fields.get("force") ?? "");
  const outcome = await found.source.inbox.replay(key, { actor: access.actor, force });
  if (!("provider" in outcome)) return refusal(outcome.code);
  return { outcome: outcome.code, view: link("delivery", { key }) };
}

function refusal(code: ReplayRefusal["code"]): Acted {
  const [status, message] = refusals[code];
  return { outcome: code, status, message };
}
