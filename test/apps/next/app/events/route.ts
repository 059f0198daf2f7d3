import { testApp } from "../../lib/test-app.ts";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  const app = await testApp();
  return Response.json(await app.listEvents());
}
