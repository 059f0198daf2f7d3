/**
 * What the page can do beyond HTML: it fetches itself again and takes over what has changed, and lets ids be copied. It
 * is plain JavaScript in a string, for it runs in the browser as it is.
 */
export const script = `"use strict";
(() => {
  const everyMs = 5000;
  const live = { paused: false, failed: false };
  let timer;

  const main = () => document.getElementById("main");

  // Buttons that do nothing without a script are made by the script.
  function enhance() {
    for (const code of document.querySelectorAll("code[data-copy]")) {
      if (code.nextElementSibling?.className === "copy") continue;
      const button = document.createElement("button");
      button.className = "copy";
      button.type = "button";
      button.setAttribute("aria-label", "Copy " + code.dataset.what);
      button.title = "Copy " + code.dataset.what;
      code.after(button);
    }
    const label = document.querySelector("[data-live]");
    if (!label) return;
    const button = document.createElement("button");
    button.className = "button quiet low";
    button.type = "button";
    button.dataset.pause = "";
    label.parentElement.append(" ", button);
    tell();
  }

  function tell() {
    const label = document.querySelector("[data-live]");
    const button = document.querySelector("[data-pause]");
    if (!label || !button) return;
    label.textContent = live.failed ? "Not reached, as of" : live.paused ? "Paused, as of" : "Live, as of";
    label.classList.toggle("on", !live.failed && !live.paused);
    button.textContent = live.paused ? "Resume" : "Pause";
  }

  async function copy(button) {
    const code = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(code.dataset.copy);
      button.classList.add("done");
      button.setAttribute("aria-label", "Copied");
      setTimeout(() => button.classList.remove("done"), 1500);
    } catch {
      // Over plain http there is no clipboard; a click on the id selects it whole.
      getSelection().selectAllChildren(code);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.classList.contains("copy")) void copy(button);
    if (button?.dataset.pause === undefined) return;
    live.paused = !live.paused;
    tell();
    schedule();
  });

  // Whoever reads with a selection, types, or has opened something is not interrupted.
  function isBusy() {
    const active = document.activeElement;
    const typing = active && active !== document.body && main().contains(active) && /^(INPUT|SELECT|TEXTAREA)$/.test(active.tagName);
    return document.hidden || typing || String(getSelection()) !== "" || main().querySelector("details[open], input:checked");
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
    const active = document.activeElement;
    const mark = active && main().contains(active) && active.id === "" ? positionOf(active) : undefined;
    const scrolled = [...main().querySelectorAll("pre, .scroll, .tabs")].map((box) => [box.scrollTop, box.scrollLeft]);
    for (const selector of ["main", ".rail nav"]) {
      document.querySelector(selector)?.replaceChildren(...next.querySelector(selector).childNodes);
    }
    document.title = next.title;
    enhance();
    [...main().querySelectorAll("pre, .scroll, .tabs")].forEach((box, index) => {
      [box.scrollTop, box.scrollLeft] = scrolled[index] ?? [0, 0];
    });
    if (mark !== undefined) focusable()[mark]?.focus({ preventScroll: true });
  }

  const focusable = () => [...main().querySelectorAll("a, button, pre, summary")];
  const positionOf = (element) => focusable().indexOf(element);

  function schedule() {
    clearTimeout(timer);
    if (live.paused || !document.querySelector("[data-live]")) return;
    timer = setTimeout(() => refresh().finally(schedule), everyMs);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !live.paused) void refresh();
  });
  enhance();
  schedule();
})();
`;
