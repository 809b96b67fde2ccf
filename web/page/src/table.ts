/** Tables that read well: entities by name, numbers aligned, every header sorts, evidence behind each row. */

import { h, fill, unique, type Child } from "./dom";
import { entityLink, proof, sentence } from "./evidence";
import { cell, heading, money, number, words } from "./format";
import { intervalBar, POWERS } from "./powers";
import type { Cell, Column, Evidence, Row } from "./types";

export interface TableSettings {
  caption: string;
  evidence?: Record<string, Evidence>;
  names?: Record<string, string>;
  /** Cells drawn in a way of their own, by column. */
  draw?: Record<string, (row: Row) => Child>;
  titles?: Record<string, string>;
}

const FIRST_ROWS = 30;
/** Columns that give way where rows have their reasons below them. */
const DETAIL = /(^|_)kind$|^parties$/;

interface Shown extends Column {
  /** The column that holds the name of the entity in this one. */
  named?: string;
  /** The columns of the two ends of an interval. */
  ends?: [low: string, high: string];
  /** Columns of reasons, one below the other. */
  reasons?: string[];
}

/**
 * The columns a reader sees: an entity and its name are one, and so are `X_low` and `X_high`, and the reasons `X_by`;
 * keys of statements are none.
 */
export function shownColumns(columns: Column[]): Shown[] {
  const all = new Set(columns.map((c) => c.name));
  const named = new Map(columns.filter((c) => c.type === "entity" && all.has(`${c.name}_name`)).map((c) => [c.name, `${c.name}_name`]));
  const names = new Set(named.values());
  const reasons = columns.filter((c) => c.name.endsWith("_by") && c.unit.startsWith("why")).map((c) => c.name);
  const shown: Shown[] = [];
  for (const column of columns) {
    const ends = endsOf(column, all);
    if (column.type === "edge" || names.has(column.name) || (ends && column.name === ends[1])) continue;
    if (reasons.includes(column.name)) {
      if (column.name === reasons[0]) shown.push({ name: "why", type: "string", unit: "", reasons });
    } else if (ends) shown.push({ name: stemOf(column.name, all), type: "interval", unit: plainUnit(column.unit), ends });
    else shown.push({ ...column, ...(named.has(column.name) ? { named: named.get(column.name) as string } : {}) });
  }
  return shown;
}

/** A unit without which end of an interval it is of. */
export function plainUnit(unit: string): string {
  return unit.replace(/, (known|at most)$/, "");
}

/** The two ends of the interval that a column belongs to; nothing where it belongs to none. */
function endsOf(column: Column, all: Set<string>): [string, string] | undefined {
  const stem = /^(?:(.*)_)?(?:low|high)$/.exec(column.name);
  if (!stem || !numeric(column)) return undefined;
  const end = (name: string): string => (stem[1] ? `${stem[1]}_${name}` : name);
  return all.has(end("low")) && all.has(end("high")) ? [end("low"), end("high")] : undefined;
}

/** What an interval is called: as its stem, unless another column is called so. */
function stemOf(name: string, all: Set<string>): string {
  const stem = name.replace(/_?(low|high)$/, "") || "value";
  return all.has(stem) ? `${stem}_range` : stem;
}

/** The keys of the statements behind a row, each once; a cell may hold several. */
export function keysIn(row: Row, edges: string[]): string[] {
  return [...new Set(edges.flatMap((name) => (typeof row[name] === "string" ? row[name].split(" ") : [])))];
}

function isEmpty(column: Shown, rows: Row[]): boolean {
  const from = column.ends ?? column.reasons ?? [column.name];
  return rows.every((row) => from.every((name) => row[name] === null || row[name] === undefined));
}

/** A table in a region of its own, which scrolls where it is wider than the page. */
export function table(columns: Column[], rows: Row[], settings: TableSettings): HTMLElement {
  return new SortedTable(columns, rows, settings).element;
}

class SortedTable {
  readonly element: HTMLElement;
  private readonly shown: Shown[];
  /** Columns of reasons, which stand below their row. */
  private readonly reasons: string[];
  private readonly edges: string[];
  private readonly body = h("tbody");
  private readonly more = h("p", { class: "more" });
  private sorted: { column: string; down: boolean } | null = null;
  private limit = FIRST_ROWS;

  constructor(
    columns: Column[],
    private readonly rows: Row[],
    private readonly settings: TableSettings,
  ) {
    const full = shownColumns(columns).filter((c) => !isEmpty(c, rows));
    this.reasons = full.flatMap((c) => c.reasons ?? []);
    this.shown = full.filter((c) => !c.reasons && !(this.reasons.length > 0 && DETAIL.test(c.name)));
    this.edges = settings.evidence ? columns.filter((c) => c.type === "edge").map((c) => c.name) : [];
    const id = unique("table");
    this.element = h(
      "div",
      { class: "table-block" },
      h(
        "div",
        { class: "table-scroll", role: "region", tabindex: "0", "aria-labelledby": id },
        h("table", {}, h("caption", { id, class: "hidden" }, settings.caption), this.head(), this.body),
      ),
      this.more,
    );
    this.draw();
  }

  private head(): HTMLElement {
    return h(
      "thead",
      {},
      h(
        "tr",
        {},
        this.shown.map((c) => this.heading(c)),
        this.edges.length > 0 && h("th", { scope: "col", class: "evidence-column" }, h("span", { class: "hidden" }, "Evidence")),
      ),
    );
  }

  private heading(column: Shown): HTMLElement {
    const label = this.settings.titles?.[column.name] ?? heading(column.name);
    const th = h(
      "th",
      { scope: "col", class: numeric(column) ? "number" : "", "data-column": column.name },
      h("button", { type: "button", class: "sort", onclick: () => this.sort(column) }, label, h("span", { class: "arrow", "aria-hidden": "true" })),
      column.unit && column.unit !== words(column.name) && h("small", { class: "unit" }, column.unit),
    );
    return th;
  }

  private sort(column: Shown): void {
    const again = this.sorted?.column === column.name;
    this.sorted = { column: column.name, down: again ? !this.sorted?.down : numeric(column) || column.type === "interval" };
    for (const th of this.element.querySelectorAll<HTMLElement>("th[data-column]")) {
      if (th.dataset["column"] !== column.name) th.removeAttribute("aria-sort");
      else th.setAttribute("aria-sort", this.sorted.down ? "descending" : "ascending");
    }
    this.draw();
  }

  private ordered(): Row[] {
    if (!this.sorted) return this.rows;
    const { column, down } = this.sorted;
    const shown = this.shown.find((c) => c.name === column);
    const by = shown?.ends ?? [shown?.named ?? column];
    return [...this.rows].sort((a, b) => by.reduce((found, name) => found || compare(a[name], b[name], down), 0));
  }

  private draw(): void {
    const rows = this.ordered();
    fill(this.body, rows.slice(0, this.limit).map((row) => this.line(row)));
    const rest = rows.length - this.limit;
    fill(
      this.more,
      rest > 0 && h("button", { type: "button", onclick: () => ((this.limit = Infinity), this.draw()) }, `Show ${rest} more rows`),
    );
  }

  private line(row: Row): HTMLElement[] {
    const keys = keysIn(row, this.edges);
    const line = h("tr", {}, this.shown.map((c) => this.cell(c, row)));
    const told = because(this.reasons, row);
    const below = told.length > 0 ? [h("tr", { class: "behind reasons" }, h("td", { colspan: this.shown.length + 1 }, told))] : [];
    if (this.edges.length === 0) return [line, ...below];
    const behind = h("tr", { class: "behind", hidden: true }, h("td", { colspan: this.shown.length + 1 }));
    line.append(h("td", { class: "evidence-column" }, keys.length > 0 && this.opener(keys, behind)));
    return [line, ...below, behind];
  }

  private cell(column: Shown, row: Row): HTMLElement {
    const drawn = this.settings.draw?.[column.name]?.(row);
    const value = row[column.name];
    const content = drawn ?? this.content(column, row, value);
    return h("td", { class: numeric(column) ? "number" : column.type === "date" ? "date" : "" }, content);
  }

  private content(column: Shown, row: Row, value: Cell | undefined): Child {
    if (column.type === "entity" && typeof value === "string" && value) {
      const name = column.named ? row[column.named] : this.settings.names?.[value];
      return entityLink(value, typeof name === "string" && name ? name : value);
    }
    if (column.named && typeof row[column.named] === "string") return String(row[column.named]);
    if (column.ends) return range(row[column.ends[0]], row[column.ends[1]]);
    if (typeof value === "number" && column.unit.startsWith("USD")) return money(value);
    const text = cell(value, column.unit.startsWith("USD") ? "string" : column.type);
    return text === "–" || text === "?" ? h("span", { class: "quiet" }, text) : text;
  }

  private opener(keys: string[], behind: HTMLElement): HTMLElement {
    const button = h("button", { type: "button", class: "small opener", "aria-expanded": "false" }, "Evidence");
    button.addEventListener("click", () => {
      const open = behind.hidden;
      behind.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      if (open && behind.firstElementChild) fill(behind.firstElementChild, this.proofs(keys));
    });
    return button;
  }

  private proofs(keys: string[]): Child {
    return keys.map((key) => {
      const said = this.settings.evidence?.[key];
      return h("div", { class: "hop" }, said && sentence(said, this.settings.names ?? {}), proof(said ?? {}));
    });
  }
}

/** An interval: within 0 to 1 as a bar, else its two ends. */
function range(low: Cell | undefined, high: Cell | undefined): Child {
  const [least, most] = [low, high].map((v) => (typeof v === "number" ? v : null)) as [number | null, number | null];
  const ends = [least, most].filter((v) => v !== null);
  if (ends.length === 0) return h("span", { class: "quiet" }, "–");
  if (ends.every((v) => v >= 0 && v <= 1)) return intervalBar(least, most);
  if (least === null || most === null) return least === null ? `up to ${number(most ?? 0)}` : `at least ${number(least)}`;
  return least === most ? number(least) : `${number(least)}–${number(most)}`;
}

/** The reasons of a row, each with its power. */
function because(columns: string[], row: Row): HTMLElement[] {
  return columns.flatMap((name) => {
    const [text, power] = [row[name], name.replace(/_by$/, "")];
    return typeof text === "string" && text ? [h("p", {}, POWERS.includes(power) && h("b", {}, power), POWERS.includes(power) && ": ", text)] : [];
  });
}

function numeric(column: Column): boolean {
  return column.type === "double" || column.type === "integer";
}

/** What is unknown stands last, whichever way the rest is ordered. */
function compare(a: Cell | undefined, b: Cell | undefined, down: boolean): number {
  const [x, y] = [a ?? null, b ?? null];
  if (x === null || y === null) return Number(x === null) - Number(y === null);
  const found = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true });
  return down ? -found : found;
}
