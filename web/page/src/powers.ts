/** The five powers: their order, how their lines look, and their values. Never one number of two. */

import { h, svg, type Child } from "./dom";
import { interval } from "./format";

export const POWERS = ["decides", "works", "squeezes", "pays", "binds"];
/** By which a path may end where nothing else is asked. */
export const USUAL = ["decides", "squeezes"];

/** Patterns tell powers apart without colour: deciding is solid, the rest are not. */
export const DASHES: Record<string, number[]> = { works: [3, 4], squeezes: [9, 5], pays: [12, 3, 2, 3], binds: [3, 9] };
/** Colours on white, for files; on the page they are those of the style sheet. */
export const COLOURS: Record<string, string> = { decides: "#1f4e9c", works: "#226622", squeezes: "#8a3b00", pays: "#6b5600", binds: "#5b2a86" };

/** What those do who have a power over something. */
export const OVER: Record<string, string> = { decides: "Decide on it", works: "Do its work", squeezes: "Can squeeze it", pays: "Pay it", binds: "Bind it" };
/** What something does that has a power. */
export const OWN: Record<string, string> = { decides: "Decides on", works: "Works on", squeezes: "Can squeeze", pays: "Pays", binds: "Binds" };

/** Width of a line for what is known, or could be: 1 to 5 pixels; money has none. */
export function thickness(value: number | null | undefined): number {
  return 1.1 + 4 * Math.min(1, Math.max(0, value ?? 0));
}

/** A bar from 0 to 1, solid for what is known, pale up to what could be, and both in words; nothing where there is no value. */
export function intervalBar(low: number | null | undefined, high: number | null | undefined): HTMLElement {
  const most = high ?? low;
  if (most === null || most === undefined) return h("span", { class: "quiet" }, "–");
  const part = (value: number): string => `${Math.round(1000 * Math.min(1, Math.max(0, value))) / 10}%`;
  return h(
    "span",
    { class: "interval" },
    h("span", { class: "interval-track", "aria-hidden": "true" }, h("span", { class: "interval-reach", style: { width: part(most) } }), h("span", { class: "interval-known", style: { width: part(low ?? 0) } })),
    h("span", { class: "interval-words" }, interval(low, high)),
  );
}

/** A line as a power is drawn. */
export function sample(power: string): SVGSVGElement {
  return svg("svg", { class: `power-line power-${power}`, width: 34, height: 8, viewBox: "0 0 34 8", "aria-hidden": "true" }, svg("path", { d: "M 0 4 H 34", "stroke-width": 2.6, "stroke-dasharray": DASHES[power]?.join(" ") }));
}

/** What the lines of some powers mean. */
export function legend(used: Iterable<string>, powers: Record<string, string>): Child {
  const some = new Set(used);
  return [
    POWERS.filter((p) => some.has(p)).map((p) => h("span", { class: "power-key" }, sample(p), " ", powers[p] ?? p)),
    h("span", { class: "power-key" }, "Width: what is known, from 0 to 1; pale: what it could be at most."),
  ];
}
