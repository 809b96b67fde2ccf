/** Values as a reader wants them. What is absent is unknown, never zero. */

import type { Cell } from "./types";

const NUMBERS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const COUNTS = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A number: three figures, or whole thousands set apart. */
export function number(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return COUNTS.format(value);
  return NUMBERS.format(value);
}

/** `0.73–0.83`; `1` where both ends are one; `up to 0.38` where nothing is known; empty without a value. */
export function interval(low: number | null | undefined, high: number | null | undefined): string {
  if (high === null || high === undefined) return low === null || low === undefined ? "" : part(low);
  if (low === null || low === undefined || (low === 0 && high > 0)) return `up to ${part(high)}`;
  return part(low) === part(high) ? part(low) : `${part(low)}–${part(high)}`;
}

/** Two decimals; what would be read as 0 or 1, and is not, says so. */
function part(value: number): string {
  const text = (Math.round(value * 100 + 1e-7) / 100).toFixed(2);
  if (text === "0.00") return value > 0 ? "<0.01" : "0";
  if (text === "1.00") return value >= 1 ? "1" : ">0.99";
  return text;
}

const SCALES: [number, string][] = [[1e12, "tn"], [1e9, "bn"], [1e6, "m"]];

/** `USD 13.8 bn`. */
export function money(amount: number): string {
  const [scale, unit] = SCALES.find(([s]) => amount >= s) ?? [1, ""];
  return `USD ${unit ? `${NUMBERS.format(amount / scale)} ${unit}` : COUNTS.format(amount)}`;
}

/** Any cell as text; an absent name is a dash, an absent measure a question mark. */
export function cell(value: Cell | undefined, type = "string"): string {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) {
    return ["double", "integer", "boolean", "date"].includes(type) ? "?" : "–";
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) return value.map((v) => cell(v)).join(", ");
  return type === "date" ? value.slice(0, 10) : value;
}

/** A date no more exact than it was stated. */
export function date(value: string | undefined, precision = "day"): string {
  if (!value) return "";
  return value.slice(0, { year: 4, month: 7 }[precision] ?? 10);
}

/** `GoverningBody` → `governing body`. */
export function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}

const INITIALS = new Set(["cla", "id", "url", "k"]);

/** A heading for a name: `cla` is CLA, `valid_from` is a word. */
export function heading(name: string): string {
  const text = words(name);
  return INITIALS.has(text) ? text.toUpperCase() : capital(text);
}

/** Who asks: `cto` is CTO, `researcher` is a word. */
export function asker(tag: string): string {
  return tag.length <= 4 ? tag.toUpperCase() : words(tag);
}

/** The first letter large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A readable name for an id whose name is not at hand. */
export function nameOf(id: string, names: Record<string, string> = {}): string {
  return names[id] ?? id.slice(id.indexOf("/") + 1).replaceAll("-", " ");
}

/** Host of an address without `www.`; the text itself where it is none. */
export function host(address: string): string {
  try {
    return new URL(address).host.replace(/^www\./, "");
  } catch {
    return address;
  }
}

/** The address if a browser may open it from here: http or https, nothing else. */
export function safe(address: string | undefined): string | null {
  return address && /^https?:\/\//i.test(address) ? address : null;
}

/** `1 row`, `2 rows`. */
export function many(count: number, one: string, several = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : several}`;
}
