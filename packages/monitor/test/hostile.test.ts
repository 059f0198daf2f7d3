import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visible, withoutSignedUrls } from "../src/page/visible.ts";
import { toCell } from "../src/views/export-deliveries.ts";
import { address, getPage, hookOf, pageOf, rowsOf } from "./support/page-server.ts";

/** After the Big List of Naughty Strings, and what has broken pages like this one. */
const naughty = [
  "<script>alert(1)</script>",
  "</code></td></tr></table><img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  "javascript:alert(1)",
  "$" + "{alert(1)}{{7*7}}",
  "&lt;b&gt;&amp;#39;",
  "\u202egnp.exe\u202c",
  "nul \u0000 inside",
  "\ud800 lone",
  "\u2028\u2029\u0085",
  "日の出 🌅 ﷽ Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
  "../../../etc/passwd",
  '=HYPERLINK("http://evil.test")',
  "a".repeat(3_000),
];

/** A tag as our templates write it: every attribute's value in double quotes. */
const tag = /<!doctype html>|<\/?([a-z][a-z0-9]*)((?:\s+[a-z][a-zA-Z0-9-]*(?:="[^"]*")?)*)\s*\/?>/g;

const allowedTags = new Set(
  `a article b body br button caption circle code dd details div dl dt figcaption figure footer form h1 h2 h3 head
  header html input label li line link main meta nav ol option p path pre progress rect script section select span
  strong summary svg table tbody td text th thead time title tr ul`.split(/\s+/),
);

const dangerous = /^(on|style|srcdoc|formaction|http-equiv|xlink)/i;

/** What a page shows as text: what is left without its tags. */
function textOf(page: string): string {
  return page.replace(tag, "");
}

describe("in every view", () => {
  test.each(naughty)("%j stays text", async (text) => {
    for (const page of await pagesWith(text)) {
      // Whatever is between tags has no bracket left, so every tag is one of ours.
      expect(textOf(page)).not.toMatch(/[<>]/);
      const hidden = [0x00, 0x85, 0x202e, 0x2028].map((code) => String.fromCodePoint(code));
      expect(hidden.filter((character) => textOf(page).includes(character))).toEqual([]);
      for (const [, name, attributes = ""] of page.matchAll(tag)) {
        expect(name === undefined || allowedTags.has(name), name).toBe(true);
        const names = [...attributes.matchAll(/\s([a-zA-Z-]+)(?:="[^"]*")?/g)].map(
          ([, attribute = ""]) => attribute,
        );
        expect(names.filter((attribute) => dangerous.test(attribute))).toEqual([]);
      }
      for (const [, target] of page.matchAll(/ (?:href|src|action)="([^"]*)"/g)) {
        expect(target).toMatch(/^(\?|#main)/);
      }
      expect(page.match(/<script/g)).toHaveLength(1);
    }
  });
});

/** Payloads of the test signers put a job's id into a URL, which knows no lone surrogate. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

async function pagesWith(text: string): Promise<readonly string[]> {
  const hook = hookOf();
  const error = new Error(text);
  error.name = text;
  error.stack = `${text}\n    at work (/app/${text}.ts:1:1)`;
  hook.failWith(error);
  await hook.send({
    jobId: `j${wellFormed(text)}`,
    type: `t${text}`,
    data: { prompt: text, [text]: text },
  });
  const page = pageOf([hook], { authorize: () => ({ actor: `a${text}`, access: "all", payload: true }) });
  const [row] = await rowsOf(page);
  expect(row).toMatchObject({ state: "failed" });
  const search = encodeURIComponent(wellFormed(text));
  const queries = [
    "?view=overview",
    "?view=deliveries",
    `?view=deliveries&search=${search}&type=${search}&cause=${search}`,
    `?view=delivery&key=${row?.key}`,
    `?view=delivery&key=${row?.key}&body=raw`,
    "?view=failed",
    `?view=plan&error=${search}`,
    `?view=jobs&job=${search}`,
    "?view=refused",
    "?view=endpoints",
    `?view=delivery&key=${search}`,
  ];
  return Promise.all(queries.map((query) => getPage(page, query)));
}

test("invisible characters are written out, whatever they are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
  );
  expect(visible("a\u202eb\u0000")).toBe("a\\u{202e}b\\u{0}");
});

test.each([
  [
    "fetch of https://cdn.test/a.mp4?X-Amz-Signature=abc&x=1 failed",
    "fetch of https://cdn.test/a.mp4?… failed",
  ],
  ["postgres://app:hunter2@db.test:5432/app is away", "postgres://…@db.test:5432/app is away"],
  ['"https://cdn.test/a#token=abc"', '"https://cdn.test/a?…"'],
  ["connect ECONNREFUSED 10.0.3.7:5432", "connect ECONNREFUSED 10.0.3.7:5432"],
])("%j is shown as %j", (text, shown) => {
  expect(withoutSignedUrls(text)).toBe(shown);
});

test("no signed URL and no password of an error is in any page, JSON or export", async () => {
  const hook = hookOf();
  hook.failWith(
    new Error("GET https://cdn.test/a.mp4?X-Amz-Signature=abcdef of postgres://app:hunter2@db.test"),
  );
  await hook.send();
  const page = pageOf([hook]);
  const [row] = await rowsOf(page);
  for (const view of [
    "overview",
    "deliveries",
    `delivery&key=${row?.key}`,
    "failed",
    "plan",
    "deliveries&format=csv",
  ]) {
    for (const accept of ["text/html", "application/json"]) {
      const response = await page(new Request(`${address}?view=${view}`, { headers: { accept } }));
      expect(await response.text(), view).not.toMatch(/abcdef|hunter2/);
    }
  }
});

test.each([
  ["=1+1", `"'=1+1"`],
  ["+1", `"'+1"`],
  ["-1", `"'-1"`],
  ["@SUM(A1)", `"'@SUM(A1)"`],
  ["\t=1", `"'\t=1"`],
  ["  =1", `"'  =1"`],
  ["＝1", `"'＝1"`],
  ['a "quoted", text\nof two lines', '"a ""quoted"", text\nof two lines"'],
  ["plain", "plain"],
  [null, ""],
  [3, "3"],
])("the cell of %j is %j", (value, cell) => {
  expect(toCell(value)).toBe(cell);
});

test("an export is a file of the filtered list, without bodies", async () => {
  const hook = hookOf();
  hook.failWith(new Error("=told to fail"));
  await hook.send({ jobId: "job-1" });
  await hook.send({ jobId: "job-2" });
  const response = await pageOf([hook])(new Request(`${address}?view=deliveries&format=csv&search=job-2`));
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="deliveries.csv"');
  const [head, ...rows] = (await response.text()).trimEnd().split("\r\n");
  expect(head).toMatch(/^receivedAt,lastAt,provider,/);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatch(/,job-2,completed,.*,500,"'=told to fail"$/);
});
