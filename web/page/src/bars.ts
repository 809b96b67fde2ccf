/** A bar chart of the leading measure of an answer, readable in black and white: length and figure, no colour needed. */

import { fill, h } from "./dom";
import { downloads, save } from "./download";
import { cell, number, words } from "./format";
import { INK, png, svgElement, svgText, type Scene, type Shape } from "./scene";
import { shownColumns } from "./table";
import type { Answer, Column, Row } from "./types";

const MOST = 20;
const ROW = 30;
/** Fractions are drawn against 1, unless all are so small that nothing would be seen. */
const FRACTION_SEEN = 0.2;

interface Measure {
  column: Column;
  /** Columns of the interval around it, where the answer has one. */
  low?: string;
  high?: string;
}

/** The measure worth drawing: what the rows are ordered by, else the first fraction or strength, else the first count. */
export function measureOf(answer: Answer): Measure | null {
  const differs = (c: Column): boolean => new Set(answer.rows.slice(0, MOST).map((r) => r[c.name]).filter((v) => v !== null)).size > 1;
  const numbers = answer.columns.filter((c) => (c.type === "double" || c.type === "integer") && differs(c));
  const usable = numbers.filter((c) => !/hops|confidence|probability|^year$|^rank$/i.test(`${c.name} ${c.unit}`) || /0 to 1/.test(c.unit));
  const falls = (c: Column): boolean => answer.rows.every((r, i) => i === 0 || Number(answer.rows[i - 1]?.[c.name] ?? 0) >= Number(r[c.name] ?? 0));
  const column = usable.find(falls) ?? usable.find((c) => c.type === "double" && /0 to 1|fraction|share/.test(c.unit)) ?? usable[0];
  if (!column || answer.rows.length < 2) return null;
  const has = (name: string): boolean => answer.columns.some((c) => c.name === name);
  const [low, high] = [[`${column.name}_low`, `${column.name}_high`], ["low", "high"]].find(([a, b]) => has(a ?? "") && has(b ?? "")) ?? [];
  return { column, ...(low && high ? { low, high } : {}) };
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
        h("span", { class: "quiet" }, answer.rows.length > MOST ? `the first ${MOST} of ${answer.rows.length} rows` : ""),
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
  const rows = answer.rows.slice(0, MOST);
  const wide = width > 560;
  const left = wide ? Math.min(300, width * 0.38) : 0;
  const room = width - left - 64;
  const height = wide ? ROW : ROW + 16;
  const values = rows.flatMap((r) => [r[measure.column.name], measure.high ? r[measure.high] : null]).filter((v): v is number => typeof v === "number");
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
  const title = `${words(measure.column.name)}${measure.column.unit ? `, ${measure.column.unit}` : ""}`;
  const axis: Shape[] = [
    { shape: "text", x: left, y: 16, text: title, size: 13, fill: "#555", role: "ink-soft" },
    { shape: "path", d: `M ${left} 28 V ${34 + rows.length * height}`, stroke: "#999", role: "axis" },
  ];
  return { width, height: 44 + rows.length * height, shapes: [...axis, ...shapes], title: `Bars: ${title}` };
}

function bar(row: Row, measure: Measure, at: { left: number; middle: number; room: number; most: number }): Shape[] {
  const value = row[measure.column.name];
  if (typeof value !== "number") return [{ shape: "text", x: at.left + 8, y: at.middle + 5, text: "unknown", size: 14, fill: "#555", role: "ink-soft" }];
  const length = Math.max(1, (Math.max(0, value) / at.most) * at.room);
  const [low, high] = [measure.low, measure.high].map((n) => (n ? row[n] : null));
  const interval = typeof low === "number" && typeof high === "number" && high > low;
  const scale = (v: number): number => at.left + (v / at.most) * at.room;
  const until = interval ? Math.max(at.left + length, scale(high)) : at.left + length;
  return [
    { shape: "rect", x: at.left, y: at.middle - 8, width: length, height: 16, fill: INK, role: "bar" },
    ...(interval ? [{ shape: "path", d: `M ${scale(low)} ${at.middle} H ${scale(high)} M ${scale(low)} ${at.middle - 5} v 10 M ${scale(high)} ${at.middle - 5} v 10`, stroke: "#888", width: 2, role: "whisker" } as Shape] : []),
    { shape: "text", x: until + 8, y: at.middle + 5, text: number(value), size: 14, role: "ink" },
  ];
}

function shortened(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}
