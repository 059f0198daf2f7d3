import { createRequire } from "node:module";
import { webhook } from "@latchhook/express";
import { adapterContract, listen } from "@latchhook/testing";
import type express5 from "express";
import { describe, it } from "vitest";

// The newest versions run the contract in the adapter's own tests.
const require = createRequire(import.meta.url);
const bodyParser = require("body-parser") as Pick<typeof express5, "json" | "raw">;

describe.each(["express-4.0", "express-5.0"])("%s keeps the adapter contract", (name) => {
  const express = require(name) as typeof express5;
  const cases = adapterContract({
    serve(options, earlier) {
      const app = express();
      // Express has parsers of its own only since 4.16.
      if (earlier === "parsed") app.use(bodyParser.json());
      if (earlier === "kept") app.use(bodyParser.raw({ type: "*/*" }));
      return listen(app.use("/webhooks", webhook(options)), earlier);
    },
  });
  for (const { name: caseName, run } of cases) it(caseName, run);
});
