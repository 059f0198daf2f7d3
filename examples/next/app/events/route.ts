import { exampleApp } from "../../lib/example-app.ts";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  const app = await exampleApp();
  return Response.json(await app.listEvents());
}
