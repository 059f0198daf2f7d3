import { readJson } from "@latchhook/test-app";
import { testApp, toResponse } from "../../lib/test-app.ts";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  const { jobs } = await testApp();
  return toResponse(await jobs.create(await readJson(request)));
}

export async function GET(): Promise<Response> {
  const { jobs } = await testApp();
  return toResponse(await jobs.list());
}
