import { generateKeyPairSync, sign } from "node:crypto";
import type { WireRequest } from "@latchhook/testing/wire";
import { digestIn, hmacOf, marker, type Sender, unixSeconds, videogenSender } from "./support/senders.ts";
import { deliveries, describeApps, type Forge, refusals, runTable } from "./support/table.ts";
import { headerOf, withHeader } from "./support/wire.ts";

const id = "webhook-id";
const signature = "webhook-signature";
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Well-formed signatures of something else. */
const others = Array.from({ length: 200 }, (_, index) => `v1,${hmacOf(videogenSender, `other ${index}`)}`);

const withList = (request: WireRequest, ...list: readonly string[]): WireRequest =>
  withHeader(request, signature, list.join(" "));

/** Genuinely signed under an id that senders may not use. Most control characters no HTTP server lets through. */
const withBadIds: Forge = (sender) =>
  ["msg.1", ".", "a".repeat(257), "msg 1", "msg\t1", "msg_\u00e9", "msg_\u0085", "msg_日"].map((bad) =>
    signLatin1(sender, bad),
  );

/** Signs the id's bytes as they go over the wire. */
function signLatin1(sender: Sender, webhookId: string): WireRequest {
  const request = sender.sign();
  const timestamp = headerOf(request, sender.timestampHeader ?? "");
  const encoded = Buffer.from(webhookId, /[^\0-\xff]/.test(webhookId) ? "utf8" : "latin1");
  const digest = hmacOf(sender, encoded, `.${timestamp}.`, request.body);
  return withHeader(withHeader(request, id, webhookId), signature, `v1,${digest}`);
}

const forged: Readonly<Record<string, Forge>> = {
  "B22 an id that is missing or empty": (sender, genuine) => [
    withHeader(genuine, id),
    withHeader(genuine, id, ""),
    withHeader(genuine, id, " "),
    withHeader(sender.sign({ id: "" }), id, ""),
  ],
  "B22 an id over 256 characters, with a dot, a space, a control character or beyond ASCII, signed":
    withBadIds,
  "B22 another id than the signed one, or the id twice": (_sender, genuine) => [
    withHeader(genuine, id, "msg_other"),
    withHeader(genuine, id, headerOf(genuine, id), headerOf(genuine, id)),
    withHeader(genuine, id, `${headerOf(genuine, id)}x`),
  ],
  "B24 more than 32 signatures": (_sender, genuine) => {
    const right = headerOf(genuine, signature);
    return [
      withList(genuine, ...others.slice(0, 32), right),
      withList(genuine, right, ...others.slice(0, 32)),
      withList(genuine, right, ...others),
      withList(genuine, right, ...Array<string>(200).fill(right)),
      withHeader(genuine, signature, `${right}${" ".repeat(14_000)}${right}`),
    ];
  },
  "B25 v1 without a comma, or without a digest": (sender, genuine) => [
    ...["v1", "v1,", "v1,,", ",", "v1,=", "v1, ", "v1,v1", "v1,undefined"].map((text) =>
      withList(genuine, text),
    ),
    withList(genuine, `v1${digestIn(sender, genuine)}`),
    withList(genuine, `v1;${digestIn(sender, genuine)}`),
    withList(genuine, digestIn(sender, genuine)),
  ],
  "B26 only versions that are not configured": function* versions(sender, genuine) {
    const digest = digestIn(sender, genuine);
    for (const version of ["v0", "v2", "v1a", "v1b", "V1", "v11", "1", "v01"]) {
      yield withList(genuine, `${version},${digest}`);
    }
    const { privateKey } = generateKeyPairSync("ed25519");
    const content = `${headerOf(genuine, id)}.${headerOf(genuine, "webhook-timestamp")}.`;
    const asymmetric = sign(null, Buffer.concat([Buffer.from(content), genuine.body]), privateKey);
    yield withList(genuine, `v1a,${asymmetric.toString("base64")}`);
  },
  "B30 base64 with other trailing bits, unpadded, or of the URL alphabet": (sender, genuine) => {
    const right = digestIn(sender, genuine);
    const group = alphabet.indexOf(right.at(-2) ?? "") & ~3;
    const spellings = [0, 1, 2, 3].map((bits) => `${right.slice(0, -2)}${alphabet[group | bits]}=`);
    const wrong = spellings.filter((spelling) => spelling !== right);
    return [...wrong, right.slice(0, -1), `${right}=`, `${right}\u00a0`, `=${right}`].map((digest) =>
      withList(genuine, `v1,${digest}`),
    );
  },
  "B31 id, timestamp and body split anew under one signature": (sender) => {
    // Someone who may choose a body's beginning has it signed, and moves the dots.
    const [old, now] = [unixSeconds() - 3_600, unixSeconds()];
    const inner = JSON.stringify({ event: "tool_execution.succeeded", toolExecutionId: marker });
    const captured = sender.sign({ id: "msg_1", timestamp: old, body: `${now}.${inner}` });
    const moved = withHeader(captured, id, `msg_1.${old}`);
    const fresh = sender.sign({ id: "msg_1", timestamp: now, body: inner });
    return [
      { ...withHeader(moved, "webhook-timestamp", String(now)), body: Buffer.from(inner) },
      { ...withHeader(fresh, id, "msg_1."), body: fresh.body },
      { ...withHeader(fresh, id, ""), body: Buffer.from(`msg_1.${now}.${inner}`) },
      { ...withHeader(fresh, "webhook-timestamp", ""), body: Buffer.from(`${now}.${inner}`) },
    ];
  },
};

const accepted = {
  "B23 a valid signature last of five, last of 32": () =>
    [4, 31].map((count) => {
      const genuine = videogenSender.sign();
      return withList(genuine, ...others.slice(0, count), headerOf(genuine, signature));
    }),
  "B26 versions that are not configured, beside a valid signature": () => {
    const genuine = videogenSender.sign();
    return [withList(genuine, "v2,anything", "v9", "v1a,AAAA", headerOf(genuine, signature), "v0,x")];
  },
  "B22 an id of 256 characters, and one of odd ones": () =>
    ["m".repeat(256), "<id>&'\"/..\\;--%00"].map((text) =>
      videogenSender.sign({ id: text.replaceAll(".", "_") }),
    ),
};

describeApps("B Standard Webhooks", (subject) => {
  runTable(subject, [
    ...refusals("unauthentic", [videogenSender], forged),
    ...deliveries("processed", [videogenSender], accepted),
  ]);
});
