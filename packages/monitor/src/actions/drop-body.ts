import { readable } from "../data/sources.ts";
import { query as link } from "../page/pieces.ts";
import type { ViewContext } from "../views/view.ts";
import type { Acted } from "./act.ts";

/** Deletes what is kept of a delivery's body; it cannot be replayed after that. */
export async function dropBody({ sources }: ViewContext, fields: URLSearchParams): Promise<Acted> {
  const key = fields.get("key") ?? "";
  for (const { inbox } of readable(sources)) {
    if (await inbox.dropBody(key)) return { outcome: "dropped", view: link("delivery", { key }) };
  }
  return { outcome: "no-body", status: 409, message: "Nothing was dropped: no body is kept under this key." };
}
