/** The first page: it answers before one asks. */

import { about, get } from "../api";
import { to, type Parameters } from "../address";
import { fill, h, type Child } from "../dom";
import { outside, surety } from "../evidence";
import { capital, host, many, number, words } from "../format";
import { picker } from "../picker";
import { entityAddress } from "../address";
import { failure, go, type Place } from "../router";
import { warnings } from "../result";
import type { About, Cell, Fact } from "../types";

/** Highlights with their sources, a search field, and what the graph holds. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const facts = h("ol", { class: "highlights" });
  const holdings = h("section", { class: "holdings" });
  fill(main, opening(), h("section", { class: "highlights-block" }, h("h2", {}, "What stands out"), facts), holdings);
  const shown = get<{ facts: Fact[] }>("highlights", {}, place.signal).then(
    (told) => fill(facts, told.facts.map(highlight)),
    (error: unknown) => place.signal.aborted || fill(facts, h("li", {}, failure(error))),
  );
  const known = await about();
  if (!place.signal.aborted) fill(holdings, holds(known));
  await shown;
}

function opening(): HTMLElement {
  const field = picker({ label: "Look up a company, project, model, chip, cloud or person", name: "q", placeholder: "PyTorch, NVIDIA, Q95, pkg:pypi/torch …", onPick: (found) => go(entityAddress(found.id)) });
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = field.input.value.trim();
    if (text) go(to("/search", { q: text }));
  };
  return h(
    "section",
    { class: "opening" },
    h("h1", {}, "Who holds your stack?"),
    h("p", { class: "lead" }, "Companies, foundations, frameworks, chips, clouds and models of open-source AI, and the votes, rights, money and dependencies between them. Every hop is cited; what nobody states stays unknown."),
    h("form", { class: "big-search", onsubmit: submit }, field.element, h("button", { type: "submit", class: "primary" }, "Search")),
    h("p", { class: "starts" }, "Or start with ", h("a", { href: to("/paths") }, "a control path"), ", ", h("a", { href: to("/questions") }, "a question"), ", ", h("a", { href: to("/audit") }, "your requirements file"), " or ", h("a", { href: to("/map") }, "the map"), "."),
  );
}

function highlight(fact: Fact): HTMLElement {
  return h(
    "li",
    { class: "highlight" },
    h("p", { class: "highlight-text" }, h("a", { href: askAddress(fact.question, fact.parameters) }, fact.text)),
    h("p", { class: "highlight-sources" }, "Sources: ", sourceLinks(fact), fact.confidence !== null && [" · at its weakest ", surety(fact.confidence)], fact.as_of && ` · as of ${fact.as_of}`),
  );
}

function sourceLinks(fact: Fact): Child {
  const names = fact.sources.map(titled);
  const once = fact.sources.filter((source, i) => names.indexOf(titled(source)) === i);
  return once.map((source, i) => [i > 0 && ", ", outside(source.url, titled(source))]);
}

/** A source by its title; by its host alone where the title is only an address. */
function titled(source: Fact["sources"][number]): string {
  return /\s/.test(source.title) ? source.title : host(source.url);
}

/** The page's address of a question with its parameters, the path explorer among them. */
export function askAddress(question: string, parameters: Record<string, Cell>): string {
  const given = Object.fromEntries(Object.entries(parameters).map(([n, v]) => [n, Array.isArray(v) ? v.map(String) : v])) as Parameters;
  if (question !== "paths") return to(`/questions/${encodeURIComponent(question)}`, given);
  const { source, targets, from, to: ends, k, max_hops } = given;
  return to("/paths", { from: from ?? source, to: ends ?? targets, k, max_hops });
}

function holds(known: About): Child {
  return [
    h("h2", {}, "What the graph holds"),
    h("p", { class: "lead-small" }, `${many(known.nodes, "entity", "entities")} and ${many(known.edges, "statement")}, as of ${known.as_of.slice(0, 10)}, built ${known.built.slice(0, 10)}.`),
    known.incomplete_sources.length > 0 ? warnings(known) : h("p", { class: "quiet" }, "Every source was read in full."),
    h("div", { class: "counts-pair" }, counts("Kinds", known.kinds), counts("Relations", known.relations)),
  ];
}

function counts(name: string, rows: About["kinds"]): HTMLElement {
  const most = Math.max(1, ...rows.map((r) => r.count));
  const sorted = [...rows].filter((r) => r.count > 0).sort((a, b) => b.count - a.count);
  return h(
    "table",
    { class: "counts" },
    h("caption", {}, name),
    h("tbody", {}, sorted.map((row) =>
      h("tr", { title: row.about },
        h("th", { scope: "row" }, capital(words(row.name))),
        h("td", { class: "number" }, number(row.count)),
        h("td", { class: "count-bar", "aria-hidden": "true" }, h("span", { style: { width: `${(100 * row.count) / most}%` } })),
      ))),
  );
}
