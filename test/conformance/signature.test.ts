import type { WireRequest } from "@latchhook/testing/wire";
import { expect, it } from "vitest";
import {
  aiStatsSenders,
  digestIn,
  digestOf,
  hexSenders,
  hmacOf,
  newJobId,
  type Sender,
  senders,
  timestampedSenders,
  videogenSender,
} from "./support/senders.ts";
import { type Case, deliveries, describeApps, type Forge, refusals, runTable } from "./support/table.ts";
import { headerOf, withHeader } from "./support/wire.ts";

const withSignature = (sender: Sender, request: WireRequest, ...lines: readonly string[]): WireRequest =>
  withHeader(request, sender.signatureHeader, ...lines);

/** Requests with other values in place of the right signature. */
function insteadOf(
  values: (sender: Sender, genuine: WireRequest, digest: string) => Iterable<string>,
): Forge {
  return function* forge(sender, genuine) {
    for (const value of values(sender, genuine, digestIn(sender, genuine))) {
      yield withSignature(sender, genuine, value);
    }
  };
}

const forgedEverywhere: Readonly<Record<string, Forge>> = {
  "A1 missing, empty, blank": (sender, genuine) => [
    withSignature(sender, genuine),
    withSignature(sender, genuine, ""),
    withSignature(sender, genuine, " \t "),
    { ...genuine, headers: [] },
  ],
  "A2 every proper prefix of the right signature": insteadOf(function* prefixes(
    { prefix },
    _genuine,
    digest,
  ) {
    const value = prefix + digest;
    for (let length = 1; length < value.length; length++) yield value.slice(0, length);
  }),
  "A3 one digit more, or other trailing junk": insteadOf(({ prefix }, _genuine, digest) => {
    const tails = ["0", "00", "a", "=", "==", "zz", ";", "%00", "?", "\u00e9", "\u0080"];
    return tails.map((tail) => prefix + digest + tail);
  }),
  "A4 white space inside": insteadOf(function* spaced({ prefix }, _genuine, digest) {
    for (const space of [" ", "\t", "\u00a0", "%20", "+"]) {
      for (const index of [1, 20, digest.length - 1]) {
        yield prefix + digest.slice(0, index) + space + digest.slice(index);
      }
    }
  }),
  "A6 the right length, of another alphabet": insteadOf(({ prefix }, _genuine, digest) =>
    ["g", "-", "!", "_", "\u00ff"].map((character) => prefix + character.repeat(digest.length)),
  ),
  "A7 a plain SHA-256 in place of the HMAC": insteadOf((sender, { body, headers }) => {
    const timestamp = new Map(headers).get(sender.timestampHeader ?? "") ?? "";
    return [
      sender.prefix + digestOf(sender, body),
      sender.prefix + digestOf(sender, `${timestamp}.`, body),
      sender.prefix + digestOf(sender, sender.key, body),
    ];
  }),
  "A10 another prefix, a doubled one, or none": insteadOf(({ prefix }, _genuine, digest) => {
    const prefixes = ["", "sha256=", "SHA256=", "sha256:", "sha1=", "sha512=", "v0=", "v1=", "v1,", "V1,"];
    const others = prefixes.filter((other) => other !== prefix).map((other) => other + digest);
    const doubled = prefix === "" ? [] : [prefix + prefix + digest, `${prefix} ${digest}`];
    return [...others, ...doubled, `"${prefix}${digest}"`];
  }),
  "A11 another encoding of the right digest": insteadOf(({ prefix, encoding }, _genuine, digest) => {
    const bytes = Buffer.from(digest, encoding);
    const encodings = ["hex", "base64", "base64url"] as const;
    const others = encodings.filter((other) => other !== encoding).map((other) => bytes.toString(other));
    return [...others, Buffer.from(digest).toString("base64")].map((text) => prefix + text);
  }),
  "A15 Latin-1, emoji, full-width digits": insteadOf(({ prefix }) =>
    ["é".repeat(64), "🌅".repeat(16), "０".repeat(64), "\u00f0\u009f"].map((text) => prefix + text),
  ),
  "A16 15 kB of signature; digits that a lenient decoder folds": insteadOf(({ prefix }, _genuine, digest) => {
    const folded = [...digest].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0x100)).join("");
    return [prefix + "a".repeat(15_000), prefix + digest.repeat(200), prefix + folded];
  }),
  "A17 each single bit flipped": insteadOf(function* flips({ prefix, encoding }, _genuine, digest) {
    const right = Buffer.from(digest, encoding);
    for (let bit = 0; bit < right.length * 8; bit++) {
      const flipped = Buffer.from(right);
      flipped[bit >> 3] = right.readUInt8(bit >> 3) ^ (1 << (bit & 7));
      yield prefix + flipped.toString(encoding);
    }
  }),
};

const forgedWithTimestamp: Readonly<Record<string, Forge>> = {
  "A8 an HMAC of the body alone": insteadOf((sender, { body }) => [sender.prefix + hmacOf(sender, body)]),
  "A9 body and timestamp swapped, or joined otherwise": insteadOf((sender, genuine) => {
    const { body } = genuine;
    const timestamp = headerOf(genuine, sender.timestampHeader ?? "");
    const id = headerOf(genuine, "webhook-id");
    const forms = [
      hmacOf(sender, body, ".", timestamp),
      hmacOf(sender, timestamp, body),
      hmacOf(sender, timestamp, ",", body),
      hmacOf(sender, timestamp, ".", id, ".", body),
    ];
    return forms.map((digest) => sender.prefix + digest);
  }),
};

/** A genuine signature of something else. */
const wrongOf = (sender: Sender) => sender.prefix + hmacOf(sender, "something else");

const forgedInHex: Readonly<Record<string, Forge>> = {
  "A12 two header lines: good and bad, bad and good, twice the good": (sender, genuine) => {
    const right = headerOf(genuine, sender.signatureHeader);
    const wrong = wrongOf(sender);
    return [
      withSignature(sender, genuine, right, wrong),
      withSignature(sender, genuine, wrong, right),
      withSignature(sender, genuine, right, right),
    ];
  },
  "A13 a list where the scheme has none": insteadOf((sender, _genuine, digest) => {
    const right = sender.prefix + digest;
    const wrong = wrongOf(sender);
    return [`${right},${wrong}`, `${wrong}, ${right}`, `${right},${right}`, `${right} ${right}`, `${right};`];
  }),
};

const otherSecrets = (sender: Sender): string[] => [
  ...new Set(senders.map(({ secret }) => secret).filter((secret) => secret !== sender.secret)),
  `whsec_${Buffer.from("the secret of another tenant").toString("base64")}`,
  // Not with "A", which is zero in base64: HMAC pads its keys with zeros.
  `${sender.secret}BBBB`,
];

const secrets = refusals("unauthentic", senders, {
  "A19 another provider's or tenant's secret": (sender) =>
    otherSecrets(sender).map((secret) => sender.sign({ secret })),
  "A19 the right secret of another provider, at its own endpoint's path": (sender) =>
    senders
      .filter(({ provider }) => provider !== sender.provider)
      .map((other) => ({ ...other.sign(), path: sender.path })),
});

const suffixes = [
  "timestamp",
  "signature",
  "event-id",
  "event-type",
  "delivery-key",
  "attempt",
  "max-attempts",
];

const families = refusals("unauthentic", aiStatsSenders, {
  "A20 both families of headers, both genuine": (sender) => {
    const body = Buffer.from(JSON.stringify({ id: "evt_both", type: "video.completed", data: {} }));
    const [one, two] = aiStatsSenders.map((family) => family.sign({ body }));
    const headers = [...(one?.headers ?? []), ...(two?.headers ?? [])];
    return [
      { method: "POST", path: sender.path, headers, body },
      { method: "POST", path: sender.path, headers: headers.toReversed(), body },
    ];
  },
  "A20 any one header of the other family": function* strays(sender, genuine) {
    const other = sender.name === "phaseo" ? "x-ai-stats" : "x-phaseo";
    for (const suffix of suffixes) {
      for (const value of ["", "1", "0".repeat(64)]) yield withHeader(genuine, `${other}-${suffix}`, value);
    }
  },
});

function spelledOddly(sender: Sender): WireRequest[] {
  const odd = (name: string) =>
    [...name].map((letter, index) => (index % 2 ? letter.toUpperCase() : letter)).join("");
  return [odd, (name: string) => name.toUpperCase()].map((spell) => {
    const request = sender.sign();
    return { ...request, headers: request.headers.map(([name, value]) => [spell(name), value] as const) };
  });
}

const accepted: readonly Case[] = [
  ...deliveries("processed", hexSenders, {
    *"A5 upper-case and mixed-case hex of the right value"(sender) {
      for (const every of [1, 2]) {
        const genuine = sender.sign();
        const digits = [...digestIn(sender, genuine)];
        const spelled = digits.map((digit, index) => (index % every ? digit : digit.toUpperCase())).join("");
        yield withSignature(sender, genuine, sender.prefix + spelled);
      }
    },
  }),
  ...deliveries("processed", senders, { "A21 odd header case": spelledOddly }),
  ...deliveries("processed", [videogenSender], {
    "A12 two header lines are one list, where the scheme has lists"(sender) {
      return [true, false].map((rightFirst) => {
        const genuine = sender.sign();
        const lines = [headerOf(genuine, sender.signatureHeader), wrongOf(sender)];
        return withSignature(sender, genuine, ...(rightFirst ? lines : lines.toReversed()));
      });
    },
  }),
  {
    name: "A what a library that is not ours signs is processed",
    senders,
    async *steps(sender) {
      for (const text of ["日の出 🌅", "plain", "$& $1 \\u0000"]) {
        const id = newJobId();
        // The body's members that any of the senders looks for.
        const body = {
          id: `evt_${id}`,
          type: "video.created",
          event: "tool_execution.failed",
          data: { id, text },
        };
        yield ["processed", await sender.signElsewhere(JSON.stringify({ ...body, toolExecutionId: id }))];
      }
    },
  },
];

describeApps("A signature", (subject) => {
  runTable(subject, [
    ...refusals("unauthentic", senders, forgedEverywhere),
    ...refusals("unauthentic", timestampedSenders, forgedWithTimestamp),
    ...refusals("unauthentic", hexSenders, forgedInHex),
    ...secrets,
    ...families,
    ...accepted,
  ]);

  it("A all refusals are one answer, headers included", async () => {
    const seen = new Set<string>();
    for (const sender of senders) {
      const genuine = sender.sign();
      const stale = sender.sign({
        timestamp: 1_700_000_000,
        body: '{"id":1,"completed_at":"2020-01-01T00:00:00Z"}',
      });
      const mutilated = { ...genuine, body: genuine.body.subarray(1) };
      const forged = [withSignature(sender, genuine), withSignature(sender, genuine, wrongOf(sender))];
      for (const request of [...forged, stale, mutilated, withSignature(sender, genuine, "x")]) {
        const response = await subject().send(request);
        const headers = [...(response?.headers ?? [])].filter(([name]) => name !== "date");
        seen.add(JSON.stringify([response?.status, response?.body, headers]));
      }
    }
    expect([...seen]).toHaveLength(1);
    expect([...seen][0]).toContain("unauthentic");
  });
});
