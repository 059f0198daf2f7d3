/** A delivery in the list of the monitor page. */
export interface ListedDelivery {
  readonly key: string;
  readonly provider: string;
  readonly jobId: string | null;
  readonly state: string;
  readonly requests: number;
  readonly runs: number;
  readonly replays: number;
  readonly lastOutcome: string;
  readonly error: string | null;
}

/** A delivery's page as JSON: what it is made of, as far as scripts look at it. */
export interface ShownDelivery extends ListedDelivery {
  readonly attempts: readonly {
    readonly source: string;
    readonly outcome: string;
    readonly actor: string | null;
  }[];
  readonly body: unknown;
}

/** What an action came to. */
export interface ActionResult {
  readonly status: number;
  readonly outcome: string;
}

/** The monitor page of an app, as a script uses it. */
export interface MonitorClient {
  /** Where it is, without a query. */
  readonly url: string;
  /** Asks for any query as `ops`. */
  get(query: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** A view as JSON, named by its query without `?view=`. */
  view<View>(query: string): Promise<View>;
  /** The deliveries that a search finds: by a key, an event's id or a job's. */
  find(search: string): Promise<readonly ListedDelivery[]>;
  delivery(key: string): Promise<ShownDelivery>;
  /** Makes an action, as the page itself would. */
  act(action: string, fields: Readonly<Record<string, string>>): Promise<ActionResult>;
}

const timeoutMs = 30_000;

/** @param appUrl where the app listens. @param password what it was given as `MONITOR_PASSWORD`. */
export function monitorClient(appUrl: string, password: string): MonitorClient {
  const url = `${appUrl}/ops/webhooks`;
  const authorization = `Basic ${Buffer.from(`ops:${password}`).toString("base64")}`;
  const asJson = { accept: "application/json" };

  function get(query: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const signal = AbortSignal.timeout(timeoutMs);
    return fetch(`${url}${query}`, { headers: { authorization, ...headers }, signal });
  }

  async function view<View>(query: string): Promise<View> {
    const response = await get(`?view=${query}`, asJson);
    if (!response.ok) throw new Error(`?view=${query} was answered ${response.status}.`);
    return (await response.json()) as View;
  }

  return {
    url,
    get,
    view,
    async find(search) {
      const query = `deliveries&search=${encodeURIComponent(search)}`;
      return (await view<{ readonly deliveries: readonly ListedDelivery[] }>(query)).deliveries;
    },
    async delivery(key) {
      return (await view<{ readonly delivery: ShownDelivery }>(`delivery&key=${key}`)).delivery;
    },
    async act(action, fields) {
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization, ...asJson, "sec-fetch-site": "same-origin" },
        body: new URLSearchParams({ action, ...fields }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { ...((await response.json()) as ActionResult), status: response.status };
    },
  };
}
