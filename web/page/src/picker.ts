/** A text field that suggests entities by name, alias or identifier. */

import { get } from "./api";
import { fill, h, unique } from "./dom";
import { words } from "./format";
import type { Found } from "./types";

export interface Picker {
  element: HTMLElement;
  input: HTMLInputElement;
  /** The id that was picked, else the text that was typed. */
  value(): string;
  set(id: string, name?: string): void;
}

interface Settings {
  label: string;
  name: string;
  hideLabel?: boolean;
  kinds?: string[];
  placeholder?: string;
  required?: boolean;
  onPick?: (found: Found) => void;
}

const SHOWN = 8;

/** A combobox after the ARIA pattern: arrows move, Enter picks, Escape closes; what is typed counts as it stands. */
export function picker(settings: Settings): Picker {
  const id = unique("picker");
  const list = h("ul", { role: "listbox", id: `${id}-list`, class: "suggestions", hidden: true, "aria-label": "Suggestions" });
  const input = h("input", {
    id,
    name: settings.name,
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: settings.placeholder ?? "",
    required: settings.required ?? false,
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": `${id}-list`,
    "aria-label": settings.hideLabel ? settings.label : null,
  });
  const state = new Suggestions(input, list, settings);
  const element = h(
    "div",
    { class: "picker" },
    !settings.hideLabel && h("label", { for: id }, settings.label),
    h("div", { class: "picker-field" }, input, list),
  );
  return { element, input, value: () => state.value(), set: (value, name) => state.set(value, name) };
}

class Suggestions {
  private rows: Found[] = [];
  private active = -1;
  private picked: { id: string; name: string } | null = null;
  private waiting = 0;
  private asking: AbortController | null = null;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly list: HTMLUListElement,
    private readonly settings: Settings,
  ) {
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  value(): string {
    const text = this.input.value.trim();
    return this.picked && this.picked.name === text ? this.picked.id : text;
  }

  set(id: string, name?: string): void {
    this.picked = id ? { id, name: name ?? id } : null;
    this.input.value = name ?? id;
    if (id && !name) void this.resolve(id);
  }

  /** Shows an id by its name. */
  private async resolve(id: string): Promise<void> {
    const { rows } = await get<{ rows: Found[] }>("search", { q: id, limit: 5 }).catch(() => ({ rows: [] as Found[] }));
    const found = rows.find((r) => r.id === id) ?? rows[0];
    if (found && this.input.value === id) this.set(found.id, found.name);
  }

  private typed(): void {
    clearTimeout(this.waiting);
    this.asking?.abort();
    const text = this.input.value.trim();
    if (!text) return this.close();
    this.waiting = window.setTimeout(() => void this.ask(text), 90);
  }

  private async ask(text: string): Promise<void> {
    this.asking = new AbortController();
    const kinds = this.settings.kinds ?? [];
    const limit = kinds.length ? 60 : SHOWN;
    try {
      const { rows } = await get<{ rows: Found[] }>("search", { q: text, limit }, this.asking.signal);
      this.show(rows.filter((r) => !kinds.length || kinds.includes(r.kind)).slice(0, SHOWN));
    } catch {
      this.close();
    }
  }

  private show(rows: Found[]): void {
    if (document.activeElement !== this.input) return;
    this.rows = rows;
    this.active = -1;
    fill(
      this.list,
      rows.map((row, place) =>
        h(
          "li",
          { role: "option", id: `${this.list.id}-${place}`, "aria-selected": "false", onclick: () => this.pick(place) },
          h("span", { class: "suggestion-name" }, row.name),
          h("span", { class: "suggestion-kind" }, words(row.kind)),
          row.matched !== row.name && row.matched !== row.id && h("span", { class: "suggestion-matched" }, row.matched),
        ),
      ),
    );
    this.list.hidden = rows.length === 0;
    this.input.setAttribute("aria-expanded", String(rows.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      return this.close();
    }
    if (this.list.hidden) return;
    if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Enter" && this.active >= 0) this.pick(this.active);
    else return;
    event.preventDefault();
  }

  private move(by: number): void {
    const count = this.rows.length;
    this.active = this.active < 0 && by < 0 ? count - 1 : (this.active + by + count) % count;
    for (const [place, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(place === this.active));
    }
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
  }

  private pick(place: number): void {
    const row = this.rows[place];
    if (!row) return;
    this.set(row.id, row.name);
    this.close();
    this.settings.onPick?.(row);
  }

  private close(): void {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
