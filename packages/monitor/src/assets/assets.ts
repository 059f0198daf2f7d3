import { icon } from "./icon.ts";
import { script } from "./script.ts";
import { stylesheet } from "./stylesheet.ts";

export interface Asset {
  readonly body: string;
  readonly contentType: string;
}

/** Strings in modules: no file is read, so they are there in bundles and on Workers too. */
const assets = {
  style: { body: stylesheet, contentType: "text/css; charset=utf-8" },
  script: { body: script, contentType: "text/javascript; charset=utf-8" },
  icon: { body: icon, contentType: "image/svg+xml; charset=utf-8" },
} as const satisfies Record<string, Asset>;

export function assetFor(name: string | null): Asset | undefined {
  return name !== null && Object.hasOwn(assets, name) ? assets[name as keyof typeof assets] : undefined;
}

/** Its address, by the query alone, with what changes when its content does. */
export function assetUrl(name: keyof typeof assets): string {
  return `?asset=${name}&v=${fingerprint(assets[name].body)}`;
}

/** FNV-1a, 32 bits: it tells versions of a file apart and guards nothing. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}
