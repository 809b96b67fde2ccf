/** Search by name, alias, id or identifier. */

import { get } from "../api";
import { to } from "../address";
import { fill, h } from "../dom";
import { entityLink } from "../evidence";
import { capital, many, words } from "../format";
import { failure, title, type Place } from "../router";
import type { Found } from "../types";

const LIMIT = 60;

/** A field, and what it finds as one types. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const asked = place.url.searchParams.get("q") ?? "";
  const input = h("input", { type: "search", id: "search-text", value: asked, autocomplete: "off", spellcheck: "false" });
  const list = h("div", { class: "found" });
  const status = h("p", { class: "quiet", role: "status" });
  let waiting = 0;
  const ask = async (): Promise<void> => {
    const text = input.value.trim();
    place.replace(to("/search", { q: text }));
    title(text ? `${text}, search` : "Search");
    try {
      const { rows, complete } = text ? await get<{ rows: Found[]; complete: boolean }>("search", { q: text, limit: LIMIT }, place.signal) : { rows: [], complete: true };
      if (place.signal.aborted || input.value.trim() !== text) return;
      status.textContent = !text ? "" : complete ? many(rows.length, "entity", "entities") : `The first ${rows.length}; write more of the name to see others.`;
      fill(list, rows.length > 0 ? results(rows) : text && h("p", { class: "empty" }, `Nothing is named “${text}”. Aliases and identifiers such as wikidata:Q95 work too.`));
    } catch (error) {
      if (!place.signal.aborted) fill(list, failure(error));
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), 120);
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void ask();
  };
  fill(main, h("h1", {}, "Search"), h("form", { class: "big-search", onsubmit: submit }, h("label", { for: "search-text", class: "hidden" }, "Name, alias or identifier"), input), status, list);
  await ask();
}

function results(rows: Found[]): HTMLElement[] {
  const kinds = [...new Set(rows.map((r) => r.kind))];
  return kinds.map((kind) =>
    h(
      "section",
      {},
      h("h2", { class: "group" }, capital(words(kind))),
      h("ul", { class: "plain-list" }, rows.filter((r) => r.kind === kind).map((row) =>
        h("li", {}, entityLink(row.id, row.name), row.matched !== row.name && row.matched !== row.id && h("span", { class: "quiet" }, ` also ${row.matched}`)))),
    ),
  );
}
