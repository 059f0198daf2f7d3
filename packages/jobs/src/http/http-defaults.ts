/** How one sender is named in messages, and where it is. */
export interface HttpDefaults {
  readonly factory: string;
  readonly environmentVariable: string;
  /** The option that holds the key. Default: `apiKey`. */
  readonly keyOption?: string | undefined;
  readonly baseUrl: string;
}
