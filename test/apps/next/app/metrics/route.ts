import { testApp } from "../../lib/test-app.ts";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  const { contentType, text } = await (await testApp()).metrics();
  return new Response(text, { headers: { "content-type": contentType } });
}
