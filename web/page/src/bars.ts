/** A bar chart of the leading measure of an answer, readable in black and white: length and figure, no colour needed. */

import { fill, h } from "./dom";
import { downloads, save } from "./download";
import { cell, interval, number, words } from "./format";
import { INK, png, svgElement, svgText, type Scene, type Shape } from "./scene";
import { plainUnit, shownColumns } from "./table";
import type { Answer, Cell, Column, Row } from "./types";

const MOST = 20;
const ROW = 30;
/** Fractions are drawn against 1, unless all are so small that nothing would be seen. */
const FRACTION_SEEN = 0.2;

interface Measure {
  column: Column;
  /** Columns of what is known and of what could be, where the measure is an interval. */
  ends?: [low: string, high: string];
}

/** The measure worth drawing: what the rows are ordered by, else the first interval or fraction, else the first count. */
export function measureOf(answer: Answer): Measure | null {
  const differs = (c: Column): boolean => new Set(answer.rows.slice(0, MOST).map((r) => r[c.name]).filter((v) => v !== null)).size > 1;
  const numbers = answer.columns.filter((c) => (c.type === "double" || c.type === "integer") && differs(c));
  const usable = numbers.filter((c) => !/hops|confidence|probability|^year$|^rank$/i.test(`${c.name} ${c.unit}`) || /0 to 1/.test(c.unit));
  const falls = (c: Column): boolean => answer.rows.every((r, i) => i === 0 || Number(answer.rows[i - 1]?.[c.name] ?? 0) >= Number(r[c.name] ?? 0));
  const column = usable.find(falls) ?? usable.find((c) => c.type === "double" && /0 to 1|fraction|share/.test(c.unit)) ?? usable[0];
  if (!column || answer.rows.length < 2) return null;
  const has = (name: string): boolean => answer.columns.some((c) => c.name === name);
  const stem = column.name.replace(/_?(low|high)$/, "");
  const ends = [[`${stem}_low`, `${stem}_high`], ["low", "high"]].find(([a, b]) => has(a ?? "") && has(b ?? ""));
  return { column: { ...column, name: has(stem) || !ends ? column.name : stem || "value" }, ...(ends ? { ends: ends as [string, string] } : {}) };
}

/** The chart with its buttons. */
export function bars(answer: Answer, measure: Measure, room: HTMLElement): void {
  const width = Math.max(300, Math.min(880, room.clientWidth));
  const drawn = scene(answer, measure, width);
  const stem = `${answer.question}-${measure.column.name}`;
  fill(
    room,
    h(
      "figure",
      { class: "bars" },
      svgElement(drawn),
      h(
        "figcaption",
        { class: "picture-tools" },
        h("span", { class: "quiet" }, drawnRows(answer, measure).length > MOST ? `the first ${MOST} of ${answer.rows.length} rows` : measure.ends ? "dark: what is known; pale: what it could be at most" : ""),
        downloads([
          ["SVG", () => save(`${stem}.svg`, svgText(drawn), "image/svg+xml")],
          ["PNG", async () => save(`${stem}.png`, await png(drawn))],
        ]),
      ),
    ),
  );
}

function labelOf(answer: Answer, row: Row): string {
  const columns = shownColumns(answer.columns).filter((c) => c.type === "entity" || c.type === "string");
  const varying = columns.filter((c) => new Set(answer.rows.map((r) => r[c.name])).size > 1);
  const entities = varying.filter((c) => c.type === "entity" && c.name !== "owner");
  return (entities.length ? entities : varying.length ? varying : columns)
    .slice(0, 3)
    .map((c) => cell(row[c.named ?? c.name]))
    .filter((t) => t !== "–")
    .join(" · ");
}

function scene(answer: Answer, measure: Measure, width: number): Scene {
  const rows = drawnRows(answer, measure).slice(0, MOST);
  const wide = width > 560;
  const left = wide ? Math.min(300, width * 0.38) : 0;
  const room = width - left - 96;
  const height = wide ? ROW : ROW + 16;
  const values = rows.flatMap((r) => [measure.column.name, ...(measure.ends ?? [])].map((n) => r[n])).filter((v): v is number => typeof v === "number");
  const largest = Math.max(0, ...values) || 1;
  const most = /0 to 1|fraction/.test(measure.column.unit) && largest > FRACTION_SEEN ? Math.max(1, largest) : largest;
  const letters = Math.floor((wide ? left : width) / 7.2);
  const shapes = rows.flatMap((row, i) => {
    const top = 34 + i * height;
    const label = shortened(labelOf(answer, row), letters);
    const middle = wide ? top + 14 : top + 30;
    const name: Shape = wide
      ? { shape: "text", x: left - 12, y: middle + 5, text: label, size: 14.5, anchor: "end", role: "ink" }
      : { shape: "text", x: 0, y: top + 14, text: label, size: 14.5, role: "ink" };
    return [name, ...bar(row, measure, { left, middle, room, most })];
  });
  const unit = measure.ends ? plainUnit(measure.column.unit) : measure.column.unit;
  const title = `${words(measure.column.name)}${unit ? `, ${unit}` : ""}`;
  const axis: Shape[] = [
    { shape: "text", x: left, y: 16, text: title, size: 13, fill: "#555", role: "ink-soft" },
    { shape: "path", d: `M ${left} 28 V ${34 + rows.length * height}`, stroke: "#999", role: "axis" },
  ];
  return { width, height: 44 + rows.length * height, shapes: [...axis, ...shapes], title: `Bars: ${title}` };
}

/** The rows that have the measure. */
function drawnRows(answer: Answer, measure: Measure): Row[] {
  return answer.rows.filter((r) => !measure.ends || typeof r[measure.ends[1]] === "number" || typeof r[measure.column.name] === "number");
}

function bar(row: Row, measure: Measure, at: { left: number; middle: number; room: number; most: number }): Shape[] {
  const [low, high] = (measure.ends ?? []).map((n) => (typeof row[n] === "number" ? row[n] : null));
  const own = row[measure.column.name];
  const value = typeof own === "number" ? own : (low ?? null);
  if (value === null && typeof high !== "number") return [{ shape: "text", x: at.left + 8, y: at.middle + 5, text: "unknown", size: 14, fill: "#555", role: "ink-soft" }];
  const long = (v: number): number => Math.max(1, (Math.max(0, v) / at.most) * at.room);
  const reach = typeof high === "number" && high > (value ?? 0) ? long(high) : 0;
  return [
    ...(reach ? [{ shape: "rect", x: at.left, y: at.middle - 8, width: reach, height: 16, fill: "#bbb", role: "bar-reach" } as Shape] : []),
    { shape: "rect", x: at.left, y: at.middle - 8, width: long(value ?? 0), height: 16, fill: INK, role: "bar" },
    { shape: "text", x: at.left + Math.max(reach, long(value ?? 0)) + 8, y: at.middle + 5, text: told(own, low, high), size: 14, role: "ink" },
  ];
}

function told(own: Cell | undefined, low: number | null | undefined, high: number | null | undefined): string {
  const fractions = [low, high].every((v) => typeof v !== "number" || (v >= 0 && v <= 1));
  if (typeof own === "number" || !fractions) return number(typeof own === "number" ? own : (low ?? high ?? 0));
  return interval(low, high);
}

function shortened(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}
