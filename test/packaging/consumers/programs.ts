import { readFileSync } from "node:fs";

/** Sends itself a signed delivery, its retry and a forgery: `receive()` gives {@link received}. */
export const receiveProgram = readFileSync(new URL("../programs/receive.ts", import.meta.url), "utf8");

/** New, duplicate, forged; the one video; and the error of another copy's or this one's making. */
export const received = [200, 200, 401, "video_1", "missing-secret"];

/** Imports every entry as a TypeScript user does, uses them, and prints how many there are and what was received. */
export function everyEntryProgram(specifiers: readonly string[]): string {
  const imports = specifiers.map((specifier, index) => `import * as m${index} from "${specifier}";`);
  const modules = specifiers.map((_, index) => `m${index}`).join(", ");
  return `
    ${imports.join("\n    ")}
    import { receive } from "./receive.js";
    const modules: readonly object[] = [${modules}];
    const loaded = modules.filter((module) => typeof module === "object").length;
    void receive().then((received) => console.log(JSON.stringify({ loaded, received })));
  `;
}
