import { type Html, html } from "./html.ts";
import { rough } from "./words.ts";

/** ISO 8601, in UTC. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** `2026-11-24 14:02:11 UTC` */
export function fullTime(at: number): string {
  return `${iso(at).slice(0, 19).replace("T", " ")} UTC`;
}

function time(at: number, text: string): Html {
  return html`<time datetime="${iso(at)}" title="${fullTime(at)}">${text}</time>`;
}

/** `14:02` of today, else with its day: `24 Nov 14:02`. */
export function clock(at: number, now: number): Html {
  return time(at, clockText(at, now));
}

/** As {@link clock}, with seconds. */
export function exactClock(at: number, now: number): Html {
  return time(at, `${dayText(at, now)}${iso(at).slice(11, 19)}`);
}

export function clockText(at: number, now: number): string {
  return `${dayText(at, now)}${iso(at).slice(11, 16)}`;
}

/** `8 Dec`, for what is days away. */
export function day(at: number): Html {
  return time(at, dayOf(at));
}

/** `7 min ago`; what is to come, `in 7 min`. */
export function ago(at: number, now: number): Html {
  const text = at > now ? `in ${rough(at - now)}` : `${rough(Math.max(now - at, 1_000))} ago`;
  return time(at, text);
}

function dayText(at: number, now: number): string {
  const isToday = iso(at).slice(0, 10) === iso(now).slice(0, 10);
  return isToday ? "" : `${dayOf(at)} `;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
}
