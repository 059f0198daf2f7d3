import { testApp, toResponse } from "../../../lib/test-app.ts";

export const dynamic = "force-dynamic";

export async function GET(
  _request: Request,
  { params }: { readonly params: Promise<{ readonly id: string }> },
): Promise<Response> {
  const { jobs } = await testApp();
  return toResponse(await jobs.find((await params).id));
}
