import * as z from "zod/mini";
import { eventTypes, type SenderEvent } from "../../define-sender.ts";

const text = z.nullish(z.string());
const named = z.nullish(z.looseObject({ id: text }));

/** `event.data` of `deployment.*`. */
export const vercelDeployment = z.looseObject({
  deployment: z.looseObject({ id: z.string(), url: text, name: text }),
  project: named,
  team: named,
  user: named,
  target: text,
  plan: text,
});

/** `event.data` of all else: its members differ from type to type. */
export const vercelPayload = z.looseObject({ project: named, team: named, user: named });

export type VercelDeployment = z.infer<typeof vercelDeployment>;
export type VercelPayload = z.infer<typeof vercelPayload>;

/** Types that the documentation of Vercel's webhooks lists, with the schema of their payload. */
export const vercelEvents = {
  ...eventTypes(
    "deployment",
    [
      "created",
      "prepared",
      "ready",
      "succeeded",
      "error",
      "canceled",
      "promoted",
      "rollback",
      "cleanup",
      "check-rerequested",
    ],
    vercelDeployment,
  ),
  ...eventTypes("project", ["created", "removed"], vercelPayload),
  ...eventTypes("domain", ["created"], vercelPayload),
  ...eventTypes(
    "integration-configuration",
    ["removed", "permission-upgraded", "scope-change-confirmed", "transferred"],
    vercelPayload,
  ),
  ...eventTypes("integration-resource", ["project-connected", "project-disconnected"], vercelPayload),
  ...eventTypes("marketplace.invoice", ["created", "paid", "notpaid", "refunded"], vercelPayload),
};
export type VercelEvent = SenderEvent<typeof vercelEvents>;
