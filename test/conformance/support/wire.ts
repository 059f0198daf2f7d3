import { counted, openConnection, type WireRequest, type WireResponse } from "@latchhook/testing/wire";

/** Sends one request on a connection of its own. */
export async function exchange(url: string, request: WireRequest): Promise<WireResponse | undefined> {
  const connection = await openConnection(url);
  try {
    await connection.write(counted(request, ["Connection: close"]));
    return await connection.response(request.method);
  } finally {
    connection.destroy();
  }
}

/** The request with one header in the given lines, or without it. Any other spelling of its name goes too. */
export function withHeader(request: WireRequest, name: string, ...values: readonly string[]): WireRequest {
  const others = request.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...request, headers: [...others, ...values.map((value) => [name, value] as const)] };
}

/** The value of a header that was sent once. */
export function headerOf(request: WireRequest, name: string): string {
  return request.headers.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1] ?? "";
}
