import { videogen } from "@latchhook/core/providers/videogen";
import { webhook } from "@latchhook/next";
import { exampleApp } from "../../../lib/example-app.ts";

// A function, for `next build` evaluates this module and has neither secrets nor databases.
export const POST = webhook(async () => (await exampleApp()).options(videogen()));
