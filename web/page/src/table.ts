/** Tables that read well: entities by name, numbers aligned, every header sorts, evidence behind each row. */

import { h, fill, unique, type Child } from "./dom";
import { entityLink, proof, sentence } from "./evidence";
import { cell, heading, words } from "./format";
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

interface Shown extends Column {
  /** The column that holds the name of the entity in this one. */
  named?: string;
}

/** The columns a reader sees: an entity and its name are one column, keys of statements are none. */
export function shownColumns(columns: Column[]): Shown[] {
  const all = new Set(columns.map((c) => c.name));
  const named = new Map(columns.filter((c) => c.type === "entity" && all.has(`${c.name}_name`)).map((c) => [c.name, `${c.name}_name`]));
  const names = new Set(named.values());
  return columns
    .filter((c) => c.type !== "edge" && !names.has(c.name))
    .map((c) => ({ ...c, ...(named.has(c.name) ? { named: named.get(c.name) as string } : {}) }));
}

/** A table in a region of its own, which scrolls where it is wider than the page. */
export function table(columns: Column[], rows: Row[], settings: TableSettings): HTMLElement {
  return new SortedTable(columns, rows, settings).element;
}

class SortedTable {
  readonly element: HTMLElement;
  private readonly shown: Shown[];
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
    this.shown = shownColumns(columns);
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
    this.sorted = { column: column.name, down: again ? !this.sorted?.down : numeric(column) };
    for (const th of this.element.querySelectorAll<HTMLElement>("th[data-column]")) {
      if (th.dataset["column"] !== column.name) th.removeAttribute("aria-sort");
      else th.setAttribute("aria-sort", this.sorted.down ? "descending" : "ascending");
    }
    this.draw();
  }

  private ordered(): Row[] {
    if (!this.sorted) return this.rows;
    const { column, down } = this.sorted;
    const by = this.shown.find((c) => c.name === column)?.named ?? column;
    return [...this.rows].sort((a, b) => compare(a[by], b[by], down));
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
    const keys = [...new Set(this.edges.map((name) => row[name]).filter((k): k is string => typeof k === "string"))];
    const line = h("tr", {}, this.shown.map((c) => this.cell(c, row)));
    if (this.edges.length === 0) return [line];
    const behind = h("tr", { class: "behind", hidden: true }, h("td", { colspan: this.shown.length + 1 }));
    line.append(h("td", { class: "evidence-column" }, keys.length > 0 && this.opener(keys, behind)));
    return [line, behind];
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
    const text = cell(value, column.type);
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
