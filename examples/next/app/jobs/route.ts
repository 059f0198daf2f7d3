import { readJson } from "@latchhook/example-app";
import { exampleApp, toResponse } from "../../lib/example-app.ts";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  const { jobs } = await exampleApp();
  return toResponse(await jobs.create(await readJson(request)));
}

export async function GET(): Promise<Response> {
  const { jobs } = await exampleApp();
  return toResponse(await jobs.list());
}
