import { linkButton } from "../../page/controls.ts";
import { html } from "../../page/html.ts";
import { emptyBox } from "../../page/pieces.ts";
import { visible } from "../../page/visible.ts";
import type { View } from "../view.ts";

/** A delivery that is not kept. */
export function missingDelivery(key: string): View {
  return {
    status: 404,
    json: { delivery: null },
    page: () => ({
      title: "Delivery",
      heading: html`<a href="?view=deliveries">Deliveries</a> / not found`,
      answer: html`There is no such delivery.`,
      body: emptyBox(
        "expected",
        "Not kept",
        html`Nothing with the key <code>${visible(key, 80)}</code> is kept: it never came, or it came so long ago that it was deleted.`,
        linkButton("?view=deliveries", "Deliveries"),
      ),
    }),
  };
}
