import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appNames, appSecrets, startApp } from "../apps/app/src/start-app.ts";
import { type MonitoredApp, monitorPassword, startMonitored } from "./support/monitored-app.ts";
import { creativeaiSender, genuineDigests, newJobId, type Sender, senders } from "./support/senders.ts";
import { describeStores, type StorePlace } from "./support/store-places.ts";
import { expectAnswer } from "./support/table.ts";
import { exchange, withHeader } from "./support/wire.ts";

/** What came with a delivery, and must never be seen. */
const hidden = {
  authorization: "Bearer Hd1-authorization",
  cookie: "session=Hd2-cookie",
  signature: "Hd3-url-signature",
};

function withSecrets(sender: Sender, jobId: string) {
  const url = `https://cdn.example.com/video.mp4?X-Amz-Signature=${hidden.signature}`;
  const request = sender.sign({ jobId, data: { content_url: url, download_url: url, note: url } });
  const { authorization, cookie } = hidden;
  return withHeader(withHeader(request, "authorization", authorization), "cookie", cookie);
}

function expectNoSecret(text: string, where: string): void {
  const password = Buffer.from(`ops:${monitorPassword}`).toString("base64");
  const secrets = [...Object.values(appSecrets), ...genuineDigests, monitorPassword, password];
  const shown = [...secrets, "Hd1-", "Hd2-", hidden.signature].filter(
    (secret) => secret !== "" && text.includes(secret),
  );
  expect(shown, where).toEqual([]);
}

const mostPages = 150;

/** Follows the links of every page from the first one, and gives each page's text by its query. */
async function crawl({ page }: MonitoredApp): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>();
  const ahead = ["", "?view=overview", "?view=endpoints"];
  for (let query = ahead.shift(); query !== undefined && seen.size < mostPages; query = ahead.shift()) {
    if (seen.has(query)) continue;
    const response = await page.get(query, { accept: "text/html" });
    const text = await response.text();
    expect(response.status, query).toBe(200);
    seen.set(query, text);
    for (const [, link = ""] of text.matchAll(/href="(\?[^"]*)"/g)) ahead.push(link.replaceAll("&amp;", "&"));
  }
  return seen;
}

const views = ["overview", "deliveries", "failed", "jobs", "refused", "endpoints"];

describeStores("M monitor", (openPlace) => {
  describe.each(appNames)("the %s app", (name) => {
    let place: StorePlace;
    let monitored: MonitoredApp;
    beforeAll(async () => {
      place = await openPlace();
      monitored = await startMonitored(name, place.url);
    });
    afterAll(async () => {
      await monitored?.close();
      await place?.remove();
    });

    it("M117 no signature, secret, authorization, cookie or signed URL in any page, JSON, CSV or metric", async () => {
      const { app, page, fail, mend } = monitored;
      await fail();
      for (const sender of senders) {
        const request = withSecrets(sender, newJobId());
        expectAnswer(await exchange(app.url, request), "failed");
        await exchange(app.url, withHeader(request, sender.signatureHeader, "forged"));
      }
      await mend();
      const pages = await crawl(monitored);
      expect([...pages.keys()].filter((query) => query.includes("view=delivery&")).length).toBeGreaterThan(2);
      for (const [query, text] of pages) expectNoSecret(text, query);
      for (const view of views) expectNoSecret(JSON.stringify(await page.view(view)), view);
      const csv = await (await page.get("?view=deliveries&format=csv")).text();
      expect(csv.split("\r\n").length).toBeGreaterThan(senders.length);
      expectNoSecret(csv, "CSV");
      const { deliveries } = await page.view<{ deliveries: { key: string }[] }>("deliveries");
      expect(deliveries).toHaveLength(senders.length);
      for (const { key } of deliveries) {
        expectNoSecret(JSON.stringify(await page.delivery(key)), "JSON");
        // The bytes as they came are a permission of their own, which `ops` has not.
        const raw = await page.get(`?view=delivery&key=${key}&body=raw`);
        expectNoSecret(await raw.text(), "raw body");
      }
      expectNoSecret(await (await fetch(`${app.url}/metrics`)).text(), "/metrics");
      expectNoSecret(app.output, "the log");
    });

    describe("M119 who may do what", () => {
      let jobId: string;
      let key: string;
      beforeAll(async () => {
        const { app, page, fail, mend } = monitored;
        jobId = newJobId();
        await fail();
        expectAnswer(await exchange(app.url, creativeaiSender.sign({ jobId })), "failed");
        await mend();
        key = (await page.find(jobId))[0]?.key ?? "";
      });

      async function send(method: string, headers: Readonly<Record<string, string>>): Promise<number> {
        const { url } = monitored.page;
        const fields = new URLSearchParams({ action: "replay", key });
        const response =
          method === "POST"
            ? await fetch(url, { method, headers, body: fields })
            : await fetch(`${url}?${fields}`, { method, headers });
        await response.arrayBuffer();
        return response.status;
      }

      const ops = `Basic ${Buffer.from(`ops:${monitorPassword}`).toString("base64")}`;
      const wrong = `Basic ${Buffer.from("ops:wrong").toString("base64")}`;
      const ours = "sec-fetch-site";

      it.each<[what: string, method: string, headers: Record<string, string>, status: number]>([
        ["no credentials", "POST", { [ours]: "same-origin" }, 401],
        ["no credentials, by GET", "GET", {}, 401],
        ["a wrong password", "POST", { [ours]: "same-origin", authorization: wrong }, 401],
        ["by GET", "GET", { authorization: ops, [ours]: "same-origin" }, 403],
        ["cross-site", "POST", { authorization: ops, [ours]: "cross-site" }, 403],
        ["of a neighbouring site", "POST", { authorization: ops, [ours]: "same-site" }, 403],
        ["typed into the address bar", "POST", { authorization: ops, [ours]: "none" }, 403],
        ["without Origin", "POST", { authorization: ops }, 403],
        ["with a foreign Origin", "POST", { authorization: ops, origin: "https://evil.example" }, 403],
        ["with the Origin null", "POST", { authorization: ops, origin: "null" }, 403],
      ])("M119 an action %s → nothing done", async (_what, method, headers, status) => {
        const { app, page } = monitored;
        expect(await send(method, headers)).toBe(status);
        expect((await app.events()).filter((row) => row.jobId === jobId)).toEqual([]);
        expect(await page.find(jobId)).toMatchObject([{ state: "failed", replays: 0 }]);
      });

      it("M119 with the app's own Origin → done", async () => {
        const { app } = monitored;
        expect(await send("POST", { authorization: ops, origin: app.url })).toBeLessThan(400);
        expect((await app.events()).filter((row) => row.jobId === jobId)).toHaveLength(1);
      });
    });
  });
});

describe.each(appNames)("M the %s app without MONITOR_PASSWORD", (name) => {
  it("has no page", async () => {
    const app = await startApp(name);
    for (const method of ["GET", "POST"]) {
      const response = await fetch(`${app.url}/ops/webhooks?view=deliveries`, { method });
      expect(response.status).toBe(404);
    }
    await app.kill();
  });
});
