import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import helmet from "helmet";
import { afterEach, expect, test } from "vitest";
import { describeInBrowser, startBrowser, textOf } from "./support/browser.ts";
import { ownError, type Scenario, type ScenarioOptions, startScenario } from "./support/scenario.ts";

const jobId = "job-that-fails";
const closings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

async function failingScenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const scenario = await startScenario({ history: false, ...options });
  closings.push(scenario.close);
  scenario.breakWith(ownError("told to fail", "/app/src/videos.ts:1:1"));
  await scenario.send({ jobId });
  scenario.breakWith(undefined);
  await scenario.flush();
  return scenario;
}

/** From the overview to a replay, as a person would, without an error in the console. */
async function replayByHand(
  url: string,
  scenario: Scenario,
  options: Parameters<typeof startBrowser>[0] = {},
) {
  const session = await startBrowser(options);
  closings.push(session.close);
  const page = await session.open(url);
  expect(await page.locator("body").evaluate((body) => getComputedStyle(body).display)).toBe("grid");
  await page.getByRole("link", { name: "Deliveries", exact: true }).click();
  await page.getByRole("searchbox").fill(jobId);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: "video.completed", exact: true }).click();
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await page.getByText("Replayed: it succeeded").waitFor();
  expect(scenario.persisted).toEqual([jobId]);
  expect(session.problems).toEqual([]);
}

/** A proxy that takes a prefix off the path, as ingresses do. */
async function strippingProxy(target: string, prefix: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = "/" } = incoming;
    const path = url.slice(prefix.length);
    const passed = forward(target, {
      method,
      headers: { ...headers, host: "inner.test" },
      path: path === "" ? "/" : path.startsWith("/") ? path : `/${path}`,
    });
    passed.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closings.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
}

describeInBrowser("the monitor page", () => {
  test.each(["/", "/ops", "/a/b/c", "/ops/"])("works under %s", async (path) => {
    const scenario = await failingScenario({ path });
    await replayByHand(`${scenario.url}${path}`, scenario);
  });

  test.each(["/outer", "/outer/"])("works behind a proxy that strips %s", async (prefix) => {
    const scenario = await failingScenario({ path: "/" });
    await replayByHand(await strippingProxy(scenario.url, prefix), scenario);
  });

  test("works without JavaScript", async () => {
    const scenario = await failingScenario();
    await replayByHand(scenario.page, scenario, { javaScriptEnabled: false });
  });

  test("works under helmet's defaults, whose policy ours replaces", async () => {
    const scenario = await failingScenario({ before: [helmet()] });
    await replayByHand(scenario.page, scenario);
  });

  test("works over plain http, where browsers send no Sec-Fetch-Site, by its configured origin alone", async () => {
    const port = async (scenario: Scenario) => new URL(scenario.url).port;
    const refusing = await failingScenario();
    const session = await startBrowser();
    closings.push(session.close);
    const page = await session.open(
      `http://ops.monitor.test:${await port(refusing)}/ops/webhooks?view=failed`,
    );
    await page.getByRole("button", { name: "Replay" }).click();
    expect(await page.getByText("Nothing was done").count()).toBe(1);
    expect(refusing.persisted).toEqual([]);
    const hidden = await startScenario({ history: false });
    const free = await port(hidden);
    await hidden.close();
    const scenario = await failingScenario({ origin: `http://ops.monitor.test:${free}`, port: Number(free) });
    await replayByHand(`http://ops.monitor.test:${free}/ops/webhooks`, scenario);
  });

  test("is in nobody's frame, and a form of another site does nothing", async () => {
    const scenario = await failingScenario();
    const attacker = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end(`<iframe src="${scenario.page}"></iframe><form method="post" action="${scenario.page}">
        <input name="action" value="replay-all"><button>win</button></form>`);
    }).listen(0, "127.0.0.1");
    await once(attacker, "listening");
    closings.push(async () => {
      attacker.closeAllConnections();
      attacker.close();
    });
    const session = await startBrowser();
    closings.push(session.close);
    const page = await session.open(`http://127.0.0.1:${(attacker.address() as AddressInfo).port}/`);
    expect(session.problems.join()).toMatch(/frame-ancestors|X-Frame-Options/i);
    await page.getByRole("button").click();
    expect(await page.getByText("was not made by the page itself").count()).toBe(1);
    expect(scenario.persisted).toEqual([]);
  });

  test("shows what a sender or an attacker has put into a delivery as text", async () => {
    const markup = `<img src=x onerror=alert(1)><script>alert(2)</script>"'\u202e</code></main>`;
    const scenario = await failingScenario();
    const error = ownError(markup, `/app/${markup}.ts:1:1`, markup);
    scenario.breakWith(error);
    await scenario.send({ jobId: markup, type: markup, data: { prompt: markup, [markup]: [markup] } });
    await scenario.flush();
    const session = await startBrowser();
    closings.push(session.close);
    const page = await session.open(`${scenario.page}?view=deliveries`);
    const row = page.locator("tbody tr").first();
    expect(await textOf(row)).toContain("<img src=x onerror=alert(1)>");
    expect(await textOf(row)).toContain("\\u{202e}");
    await row.getByRole("link").click();
    for (const view of [
      "",
      `${page.url()}&body=raw`,
      `${scenario.page}?view=failed`,
      `${scenario.page}?view=overview`,
    ]) {
      if (view !== "") await page.goto(view);
      expect(await page.locator("img, iframe, object, embed, [onerror], style").count()).toBe(0);
      expect(await page.locator("script").count()).toBe(1);
      expect(await page.locator("main").count()).toBe(1);
    }
    expect(session.problems).toEqual([]);
  });
});
