/** Lets a process end although a timer is set, where the runtime would wait for it. */
export function unreference(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function") {
    timer.unref();
  }
}
