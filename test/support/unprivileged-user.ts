import { readFile } from "node:fs/promises";
import type { SystemUser } from "./server-folder.ts";

/**
 * Whom to run a server as that refuses to run as root; undefined where we are not root. A free number would do but for
 * PostgreSQL, which wants it to have a name in the system's list. Every system has some, so none is created.
 */
export async function findUnprivilegedUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").flatMap((line) => {
    const [name = "", , uid, gid] = line.split(":");
    return uid === undefined || gid === undefined || Number(uid) === 0
      ? []
      : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
  const found = users.find(({ name }) => name === "nobody") ?? users[0];
  if (found === undefined)
    throw new Error("PostgreSQL does not run as root, and /etc/passwd has no other user.");
  return { uid: found.uid, gid: found.gid };
}
