// Mutation tests of what the guarantees rest on: each file below, with the tests that concern it.
//   npx -y pnpm@10.34.9 mutation                     all of them, in about an hour
//   npx -y pnpm@10.34.9 mutation delivery/lease.ts   one
// Prints each file's score and the mutants that survived; fails below 95 %. Mutants that change nothing that could be
// seen are named in `equivalents.json`, with the reason, and are not counted.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Stryker } from "@stryker-mutator/core";

const wanted = 95;
const source = "packages/core/src";
const root = join(import.meta.dirname, "..");

const onWebCrypto = "signatures/on-web-crypto.test.ts";

/** Source file to its tests, in packages/core/test. */
const files = {
  "delivery/lease.ts": ["delivery/lease.test.ts"],
  "delivery/commit.ts": ["delivery/commit.test.ts", "receiver/commit.test.ts"],
  "delivery/held.ts": ["delivery/held.test.ts", "delivery/lease.test.ts"],
  "delivery/hold.ts": ["delivery/held.test.ts"],
  "delivery/run-leased.ts": ["delivery/run-leased.test.ts"],
  "reading/key.ts": ["reading/key.test.ts"],
  "reading/trust.ts": ["reading/trust.test.ts"],
  "providers/ai-stats/identity.ts": ["identity/ai-stats-identity.test.ts"],
  "providers/ai-stats/headers.ts": ["identity/ai-stats-headers.test.ts"],
  "signatures/secrets.ts": ["signatures/secrets.test.ts"],
  "signatures/secret-form.ts": ["signatures/secret-form.test.ts", "secrets-and-options.test.ts"],
  "signatures/weak-secret.ts": ["signatures/weak-secret.test.ts"],
  "signatures/timestamp.ts": ["signatures/timestamp.test.ts"],
  "signatures/signature-shape.ts": ["signatures/signature-shape.test.ts"],
  "signatures/signature-headers.ts": ["signatures/signature-headers.test.ts"],
  "signatures/signed-content.ts": ["signatures/signed-content.test.ts", onWebCrypto],
  "signatures/signature-scheme.ts": ["signatures/signature-scheme.test.ts", onWebCrypto],
  "signatures/match-key.ts": ["signatures/match-key.test.ts"],
  "signatures/hmac-signature.ts": ["signatures/hmac-signature.test.ts"],
  "signatures/ed25519-signature.ts": ["signatures/ed25519-signature.test.ts"],
  "signatures/standard-webhooks-signature.ts": [
    "signatures/standard-webhooks-signature.test.ts",
    onWebCrypto,
  ],
  "signatures/standard-webhooks-policy.ts": ["signatures/standard-webhooks-policy.test.ts"],
  "crypto/node.ts": ["platform-crypto.test.ts"],
};

const equivalents = JSON.parse(readFileSync(join(import.meta.dirname, "equivalents.json"), "utf8"));

/**
 * Whether a mutant is one of those that change nothing. Found by its text, for lines move; `within` is some of its line,
 * where the same text is elsewhere too.
 */
function isEquivalent(file, { mutatorName, original, replacement, line }) {
  return (equivalents[file] ?? []).some(
    (known) =>
      known.mutator === mutatorName &&
      known.original === original &&
      known.replacement === replacement &&
      line.includes(known.within ?? ""),
  );
}

async function mutate(file) {
  const path = `${source}/${file}`;
  const stryker = new Stryker({
    mutate: [path],
    testRunner: "vitest",
    vitest: { configFile: "vitest.mutation.config.ts", related: false },
    plugins: ["@stryker-mutator/vitest-runner"],
    testFiles: [],
    concurrency: 2,
    timeoutMS: 20_000,
    dryRunTimeoutMinutes: 5,
    coverageAnalysis: "perTest",
    reporters: [],
    logLevel: "error",
    allowEmpty: true,
    // Within a package, `@latchhook/core` is the package itself: in a copy it would be the original, not the mutant.
    // So the file is changed where it is, and no other, and put back in the end.
    inPlace: true,
    disableTypeChecks: false,
    tempDirName: ".stryker-tmp",
    // TypeScript 7 has no API that Stryker could read a tsconfig with; nothing here needs one.
    tsconfigFile: "none.json",
    ignorePatterns: ["/packages/*/dist", "/test", "/examples", "/bench", "/demo", "/docs"],
  });
  process.env.LATCHHOOK_MUTATION_TESTS = JSON.stringify(
    files[file].map((tests) => `packages/core/test/${tests}`),
  );
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  const results = (await stryker.runMutationTest()).map((result) => ({
    ...result,
    original: textAt(lines, result.location),
    line: lines[result.location.start.line - 1],
  }));
  const counted = results.filter(
    (result) => !["Ignored", "CompileError"].includes(result.status) && !isEquivalent(file, result),
  );
  const survived = counted.filter(({ status }) => status === "Survived" || status === "NoCoverage");
  const score = (100 * (counted.length - survived.length)) / Math.max(1, counted.length);
  return { score, survived, count: counted.length, equivalent: results.length - counted.length };
}

/** The text of a place; lines and columns count from 1. */
function textAt(lines, { start, end }) {
  const text = lines.slice(start.line - 1, end.line);
  text[text.length - 1] = text.at(-1).slice(0, end.column - 1);
  text[0] = text[0].slice(start.column - 1);
  return text.join("\n");
}

const chosen = process.argv.slice(2).filter((argument) => argument !== "--");
const unknown = chosen.filter((file) => files[file] === undefined);
if (unknown.length > 0) throw new Error(`No tests are listed for ${unknown.join(", ")}.`);

for (const file of chosen.length > 0 ? chosen : Object.keys(files)) {
  const { score, survived, count, equivalent } = await mutate(file);
  console.log(`${score.toFixed(1)} %  ${file}  (${count} mutants, ${equivalent} equivalent or ignored)`);
  for (const { location, mutatorName, original, replacement, status } of survived) {
    console.log(
      `  ${location.start.line}:${location.start.column} ${mutatorName} ${status}: ` +
        `${JSON.stringify(original)} -> ${JSON.stringify(replacement)}`,
    );
  }
  if (score < wanted) process.exitCode = 1;
}
process.exit();
