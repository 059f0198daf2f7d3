import { randomBytes } from "node:crypto";
import type { SignedWebhook } from "@latchhook/testing";
import type { AppProcess, LoggedOutcome } from "./app-process.ts";
import type { Journal } from "./journal.ts";

/** The senders, by the path that each of them was given. */
export const senders = { "ai-stats": "AI Stats", videogen: "VideoGen", creativeai: "CreativeAI" } as const;

export type SenderName = keyof typeof senders;

/** Secrets of this run, which the app and its senders share. */
export interface Secrets {
  readonly "ai-stats": string;
  readonly videogen: string;
  readonly creativeai: string;
}

export function makeSecrets(): Secrets {
  return {
    "ai-stats": `whsec_${randomBytes(24).toString("hex")}`,
    videogen: `whsec_${randomBytes(32).toString("base64")}`,
    creativeai: randomBytes(24).toString("hex"),
  };
}

/** What scenes are played with. */
export interface Stage {
  readonly journal: Journal;
  readonly secrets: Secrets;
  /** The app that runs now. */
  app(): AppProcess;
  /** Starts the app again, on the same port and database. */
  restart(environment?: Readonly<Record<string, string>>): Promise<AppProcess>;
}

/** One request and what came of it. */
export interface Sending {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly body: string;
  readonly outcome: LoggedOutcome | undefined;
}

/** Sends a delivery as it was signed. Resolves with status 0 where the connection breaks before an answer. */
export async function post(
  app: AppProcess,
  sender: SenderName,
  signed: SignedWebhook,
): Promise<Pick<Sending, "status" | "body">> {
  try {
    const response = await fetch(`${app.url}/webhooks/${sender}`, {
      ...signed,
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: await response.text() };
  } catch {
    return { status: 0, body: "" };
  }
}

/** Sends one delivery and prints what was answered and why. */
export async function send(
  { journal, app }: Stage,
  sender: SenderName,
  signed: SignedWebhook,
  description: string,
): Promise<Sending> {
  const answer = await post(app(), sender, signed);
  const [outcome] = await app().outcomes(1);
  journal.line(senders[sender], description, String(answer.status), explain(outcome));
  return { ...answer, outcome };
}

/** Why a request was answered as it was. */
export function explain(outcome: LoggedOutcome | undefined): string {
  if (outcome === undefined) return "the app does not say why";
  const { code, reason } = outcome;
  if (code === "processed") return "persisted, and then acknowledged";
  if (code === "duplicate") return "duplicate: persist was not called";
  return reason === undefined ? code : `refused: ${reason}`;
}

/** How many rows there are of a job. */
export async function rowsOf(stage: Stage, jobId: string): Promise<number> {
  const rows = await stage.app().rows();
  return rows.filter((row) => row.jobId === jobId).length;
}
