import { randomBytes } from "node:crypto";
import type { Sandbox } from "@latchhook/sandbox";
import type { MonitorClient } from "@latchhook/test-app/monitor-client";
import type { LoggedOutcome, RunningApp } from "@latchhook/test-app/start-app";
import type { Journal } from "./journal.ts";

/** The senders, by the path that each of them was given. */
export const senders = { "ai-stats": "AI Stats", videogen: "VideoGen", creativeai: "CreativeAI" } as const;

export type SenderName = keyof typeof senders;

/** What a sender is called on the screen. */
export function nameOf(sender: string): string {
  return new Map(Object.entries(senders)).get(sender) ?? sender;
}

/** Secrets of this run, which the app and its senders share. */
export interface Secrets {
  readonly "ai-stats": string;
  readonly videogen: string;
  readonly creativeai: string;
  /** The password of `ops` on the monitor page. */
  readonly monitor: string;
}

export function makeSecrets(): Secrets {
  return {
    "ai-stats": `whsec_${randomBytes(24).toString("hex")}`,
    videogen: `whsec_${randomBytes(32).toString("base64")}`,
    creativeai: randomBytes(24).toString("hex"),
    monitor: randomBytes(9).toString("base64url"),
  };
}

/** What scenes are played with. */
export interface Stage {
  readonly journal: Journal;
  readonly secrets: Secrets;
  /** The senders' side. Its jobs end when a scene says so. */
  readonly sandbox: Sandbox;
  /** The app that runs now. */
  app(): RunningApp;
  /** Its monitor page, as somebody on call uses it. */
  page(): MonitorClient;
  /** A file; while it exists, the app's callback fails. */
  readonly failsWhile: string;
  /** Starts the app again, on the same port and database. */
  restart(environment?: Readonly<Record<string, string>>): Promise<RunningApp>;
  /** Notes that a job's end is to be persisted next. In the end the table must hold these jobs and no others. */
  expect(jobId: string): void;
}

/** Lets the app create a job (`POST /jobs`) whose end is to be persisted. Returns its id. */
export async function createJob(stage: Stage, sender: SenderName): Promise<string> {
  const response = await fetch(`${stage.app().url}/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sender, prompt: "A paper boat in the rain" }),
  });
  if (response.status !== 202) throw new Error(`POST /jobs was answered ${response.status}.`);
  const { id } = (await response.json()) as { readonly id: string };
  stage.expect(id);
  return id;
}

/** Why a request was answered as it was. */
export function explain(outcome: LoggedOutcome | undefined): string {
  if (outcome === undefined) return "the app does not say why";
  const { code, reason } = outcome;
  if (code === "processed") return "persisted, then acknowledged";
  if (code === "duplicate") return "duplicate: not run again";
  return reason === undefined ? code : `refused: ${reason}`;
}

/** How many rows there are of a job. */
export async function rowsOf(stage: Stage, jobId: string): Promise<number> {
  const rows = await stage.app().events();
  return rows.filter((row) => row.jobId === jobId).length;
}
