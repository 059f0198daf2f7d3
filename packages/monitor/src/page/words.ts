/** Numbers with a comma at each thousand, whatever the server's locale. */
export function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

/** Counts of the inbox end at 1,001: there are more. */
export const countLimit = 1_001;

export function countOf(value: number): string {
  return value >= countLimit ? "1,000+" : number(value);
}

/** `1 delivery`, `3 deliveries`, `1,000+ deliveries`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${countOf(value)} ${value === 1 ? one : many}`;
}

/** `1 delivery`, `3 deliveries`. */
export function deliveriesOf(value: number): string {
  return counted(value, "delivery", "deliveries");
}

/** The verb that goes with a number: `is` or `are`, unless others are given. */
export function verb(value: number, one = "is", many = "are"): string {
  return value === 1 ? one : many;
}

export function bytesOf(value: number): string {
  if (value < 10_000) return `${number(value)} bytes`;
  const mebi = value / 1_048_576;
  return mebi >= 1 ? `${number(mebi)} MiB` : `${number(value / 1_024)} KiB`;
}

const units: readonly (readonly [number, string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
];

/** A length of time in its largest unit, rounded down: `12 s`, `7 min`, `3 h`. */
export function rough(ms: number): string {
  const [unitMs, unit] = units.find(([length]) => ms >= length) ?? [1, "ms"];
  return `${Math.floor(ms / unitMs)} ${unit}`;
}

/** A length of time exactly, in two units at most: `250 ms`, `1.5 s`, `75 h 35 min`. */
export function exactly(ms: number): string {
  if (ms < 1_000) return `${number(ms)} ms`;
  if (ms < 60_000) return `${number(ms / 1_000)} s`;
  if (ms < 3_600_000) return twoUnits(ms, 60_000, "min", 1_000, "s");
  return ms % 86_400_000 === 0 ? `${ms / 86_400_000} d` : twoUnits(ms, 3_600_000, "h", 60_000, "min");
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
}

/** A share that never says 100 % of what is not all, nor 0 % of what is something. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const exact = (part / whole) * 100;
  const tenths = Math.round(exact * 10) / 10;
  if (tenths === 100 && part < whole) return "> 99.9 %";
  if (tenths === 0 && part > 0) return "< 0.1 %";
  return `${number(tenths)} %`;
}

const ordinals = ["first", "second", "third", "fourth", "fifth"];

/** `first` for 0. */
export function ordinal(index: number): string {
  return ordinals[index] ?? `${index + 1}th`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1);
  return items.length < 2 ? (last ?? "") : `${items.slice(0, -1).join(", ")} and ${last}`;
}
