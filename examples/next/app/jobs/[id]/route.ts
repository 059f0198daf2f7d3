import { exampleApp, toResponse } from "../../../lib/example-app.ts";

export const dynamic = "force-dynamic";

export async function GET(
  _request: Request,
  { params }: { readonly params: Promise<{ readonly id: string }> },
): Promise<Response> {
  const { jobs } = await exampleApp();
  return toResponse(await jobs.find((await params).id));
}
