/** What every answer of the page carries. */
const always = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  vary: "accept, authorization, cookie",
};

/** Nothing inline, nothing from elsewhere, in nobody's frame. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** An answer that is not kept, unless its headers say so. */
function answer(body: string | null, headers: Readonly<Record<string, string>>, status = 200): Response {
  return new Response(body, { status, headers: { ...always, "cache-control": "no-store", ...headers } });
}

/** A page. */
export function htmlAnswer(body: string, status?: number): Response {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": contentSecurityPolicy,
    "x-frame-options": "DENY",
  };
  return answer(body, headers, status);
}

/** The same as JSON. */
export function jsonAnswer(value: unknown, status?: number): Response {
  return answer(`${JSON.stringify(value)}\n`, { "content-type": "application/json; charset=utf-8" }, status);
}

/** A file to keep. */
export function fileAnswer(body: string, contentType: string, name: string): Response {
  return answer(body, {
    "content-type": contentType,
    "content-disposition": `attachment; filename="${name}"`,
    "content-security-policy": "default-src 'none'; sandbox",
  });
}

/** Leads to a view after an action, by its query alone: the path may be another one before a proxy. */
export function redirectAnswer(query: string): Response {
  return answer(null, { location: query }, 303);
}

/** An asset: its address changes with its content, so it can be kept for good. */
export function assetAnswer(body: string, contentType: string): Response {
  return answer(body, {
    "content-type": contentType,
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'",
  });
}
