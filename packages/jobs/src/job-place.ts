/** Where a sender keeps a job, for senders whose status calls differ by kind. An id alone does not say. */
export interface JobPlace {
  /** What kind of job it is, in the sender's word: `batch`, `tool_execution`. */
  readonly kind?: string | null | undefined;
  /** The project of a VideoGen export. */
  readonly projectId?: string | null | undefined;
}
