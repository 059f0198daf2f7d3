/** What `POST /jobs` takes. */
export interface JobRequest {
  readonly sender: string;
  readonly model: string | undefined;
  readonly prompt: string;
  /** Which events to subscribe to, where the sender lets one choose. */
  readonly events: readonly string[] | undefined;
}

/** The request in a body, or what is wrong with it. */
export function readJobRequest(body: unknown): JobRequest | string {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return "The body must be a JSON object of at most 64 KiB.";
  }
  const { sender = "ai-stats", model, prompt, events } = body as Readonly<Record<string, unknown>>;
  if (typeof sender !== "string") return "sender must be a text.";
  if (model !== undefined && !isText(model)) return "model must be a text.";
  if (!isText(prompt)) return "prompt must be a text.";
  if (events !== undefined && !(Array.isArray(events) && events.every(isText))) {
    return "events must be a list of event names.";
  }
  return { sender, model, prompt, events };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
