/**
 * What the page can do beyond HTML: it fetches itself again and takes over what has changed, and lets ids be copied. It
 * is plain JavaScript in a string, for it runs in the browser as it is.
 */
export const script = `"use strict";
(() => {
  const everyMs = 5000;
  const live = { paused: false, failed: false };
  let timer;

  const main = document.getElementById("main");
  const liveLabel = () => document.querySelector("[data-live]");

  // Buttons that do nothing without a script are made by the script.
  function makeButton(className) {
    const button = document.createElement("button");
    return Object.assign(button, { type: "button", className });
  }

  function enhance() {
    for (const code of document.querySelectorAll("code[data-copy]:only-child")) {
      const button = makeButton("copy");
      button.ariaLabel = button.title = "Copy " + code.dataset.what;
      code.after(button);
    }
    liveLabel()?.parentElement.append(" ", makeButton("button quiet low pause"));
    tell();
  }

  function tell() {
    const label = liveLabel();
    const button = document.querySelector(".pause");
    if (!label) return;
    label.textContent = live.failed ? "Not reached, as of" : live.paused ? "Paused, as of" : "Live, as of";
    label.classList.toggle("on", !live.failed && !live.paused);
    button.textContent = live.paused ? "Resume" : "Pause";
  }

  async function copy(button) {
    const code = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(code.dataset.copy);
      button.classList.add("done");
      button.ariaLabel = "Copied";
      setTimeout(() => button.classList.remove("done"), 1500);
    } catch {
      // Over plain http there is no clipboard; a click on the id selects it whole.
      getSelection().selectAllChildren(code);
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.matches(".copy")) void copy(event.target);
    if (!event.target.matches(".pause")) return;
    live.paused = !live.paused;
    tell();
    schedule();
  });

  // Whoever reads with a selection, types, or has opened something is not interrupted.
  function isBusy() {
    const active = document.activeElement;
    const typing = main.contains(active) && active.matches("input, select");
    return document.hidden || typing || String(getSelection()) !== "" || main.querySelector("details[open], input:checked");
  }

  async function refresh() {
    if (isBusy()) return;
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store", redirect: "error" });
      live.failed = !response.ok;
      if (response.ok && !isBusy()) take(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      live.failed = true;
    }
    tell();
  }

  function take(next) {
    if (!next.querySelector("[data-live]")) return;
    const boxes = () => [...main.querySelectorAll("pre, .scroll, .tabs")];
    const focusable = () => [...main.querySelectorAll("a, button, pre, summary")];
    const focused = focusable().indexOf(document.activeElement);
    const scrolled = boxes().map((box) => [box.scrollLeft, box.scrollTop]);
    for (const selector of ["main", ".rail nav"]) {
      document.querySelector(selector)?.replaceChildren(...next.querySelector(selector).childNodes);
    }
    document.title = next.title;
    enhance();
    boxes().forEach((box, index) => box.scrollTo(...(scrolled[index] ?? [0, 0])));
    focusable()[focused]?.focus({ preventScroll: true });
  }

  function schedule() {
    clearTimeout(timer);
    if (live.paused || !liveLabel()) return;
    timer = setTimeout(() => refresh().finally(schedule), everyMs);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !live.paused) void refresh();
  });
  enhance();
  schedule();
})();
`;
