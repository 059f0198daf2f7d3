/** A request to the page, whatever it came over. */
export interface MonitorRequest {
  readonly method: string;
  readonly query: URLSearchParams;
  /** With its headers, without its body: what `authorize` gets. */
  readonly request: Request;
  /** The fields of a form, or why there are none. Called for POST alone, and once. */
  readForm(): Promise<URLSearchParams | FormProblem>;
}

/** Why a form could not be read. */
export type FormProblem = "not-a-form" | "too-large" | "unreadable";

/** The largest form, in bytes: a filter is the most that one holds. */
export const maxFormBytes = 16_384;

/** How long a form may take to arrive, in milliseconds. */
export const formTimeoutMs = 10_000;

/** Whether the content is what HTML forms send by default. */
export function isFormType(contentType: string | null | undefined): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType ?? "");
}

/** The fields of a form's bytes. */
export function toFields(bytes: Uint8Array): URLSearchParams {
  return new URLSearchParams(new TextDecoder().decode(bytes));
}
