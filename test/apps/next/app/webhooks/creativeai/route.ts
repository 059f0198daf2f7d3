import { creativeai } from "@latchhook/core/providers/creativeai";
import { webhook } from "@latchhook/next";
import { testApp } from "../../../lib/test-app.ts";

// A function, for `next build` evaluates this module and has neither secrets nor databases.
export const POST = webhook(async () => (await testApp()).options(creativeai()));
