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

const unstored = { "cache-control": "no-store" };

/** A page. */
export function htmlAnswer(body: string, status = 200): Response {
  const headers = {
    ...always,
    ...unstored,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": contentSecurityPolicy,
    "x-frame-options": "DENY",
  };
  return new Response(body, { status, headers });
}

/** The same as JSON. */
export function jsonAnswer(value: unknown, status = 200): Response {
  const headers = { ...always, ...unstored, "content-type": "application/json; charset=utf-8" };
  return new Response(`${JSON.stringify(value)}\n`, { status, headers });
}

/** A file to keep. */
export function fileAnswer(body: string, contentType: string, name: string): Response {
  const headers = {
    ...always,
    ...unstored,
    "content-type": contentType,
    "content-disposition": `attachment; filename="${name}"`,
    "content-security-policy": "default-src 'none'; sandbox",
  };
  return new Response(body, { headers });
}

/** Leads to a view after an action, by its query alone: the path may be another one before a proxy. */
export function redirectAnswer(query: string): Response {
  return new Response(null, { status: 303, headers: { ...always, ...unstored, location: query } });
}

/** An asset: its address changes with its content, so it can be kept for good. */
export function assetAnswer(body: string, contentType: string): Response {
  const headers = {
    ...always,
    "content-type": contentType,
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'",
  };
  return new Response(body, { headers });
}
