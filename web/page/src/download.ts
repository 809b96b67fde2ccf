/** What is seen, as a file. */

import { h } from "./dom";
import type { Answer, Cell, Column, Row } from "./types";

/** Hands a file to the browser. */
export function save(name: string, content: Blob | string, type = "text/plain"): void {
  const blob = typeof content === "string" ? new Blob([content], { type }) : content;
  const address = URL.createObjectURL(blob);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Rows as CSV (RFC 4180); a list's values are joined by semicolons, null is empty. */
export function csv(columns: Column[], rows: Row[]): string {
  const lines = [columns.map((c) => c.name), ...rows.map((row) => columns.map((c) => plain(row[c.name])))];
  return lines.map((line) => line.map(quoted).join(",")).join("\r\n") + "\r\n";
}

function plain(value: Cell | undefined): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.map(plain).join(";") : String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Buttons that download an answer. */
export function answerDownloads(answer: Answer): HTMLElement {
  const stem = `${answer.question}-${answer.as_of ?? "now"}`;
  return downloads([
    ["CSV", () => save(`${stem}.csv`, csv(answer.columns, answer.rows), "text/csv")],
    ["JSON", () => save(`${stem}.json`, JSON.stringify(answer, null, 1), "application/json")],
  ]);
}

/** A row of download buttons; an address instead of a function becomes a link. */
export function downloads(items: [string, (() => unknown) | string][]): HTMLElement {
  return h(
    "div",
    { class: "downloads", role: "group", "aria-label": "Download" },
    items.map(([name, action]) =>
      typeof action === "string"
        ? h("a", { href: action, class: "button small", download: "" }, name)
        : h("button", { type: "button", class: "small", onclick: action, "aria-label": `Download ${name}` }, name),
    ),
  );
}
