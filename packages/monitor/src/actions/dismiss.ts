import { readable } from "../data/sources.ts";
import { query as link } from "../page/pieces.ts";
import type { ViewContext } from "../views/view.ts";
import type { Acted } from "./act.ts";

/** Says that a failed delivery need not succeed any more. */
export async function dismiss({ sources }: ViewContext, fields: URLSearchParams): Promise<Acted> {
  const key = fields.get("key") ?? "";
  for (const { inbox } of readable(sources)) {
    if (await inbox.dismiss(key)) return { outcome: "dismissed", view: link("delivery", { key }) };
  }
  return {
    outcome: "not-failed",
    status: 409,
    message: "Nothing was dismissed: no failed or dead delivery has this key.",
  };
}
