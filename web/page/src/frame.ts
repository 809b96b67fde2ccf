/** What surrounds every view: name, search, the date that is asked, where to go, light and dark. */

import { about } from "./api";
import { asOf, entityAddress, to } from "./address";
import { fill, h } from "./dom";
import { picker } from "./picker";
import { go } from "./router";
import { choose, chosen, next } from "./theme";

const PLACES: [string, string, RegExp][] = [
  ["/paths", "Paths", /^\/paths/],
  ["/questions", "Questions", /^\/(questions|ask)/],
  ["/audit", "Audit", /^\/audit/],
  ["/map", "Map", /^\/map/],
  ["/changes", "Changes", /^\/changes/],
  ["/console/sparql", "SPARQL", /^\/console\/sparql/],
  ["/console/cypher", "Cypher", /^\/console\/cypher/],
];

/** Builds the frame; `shown` is to be called whenever a view was shown. */
export function frame(): { main: HTMLElement; shown: () => void } {
  const main = h("main", { id: "main", tabindex: "-1" });
  const places = h("nav", { "aria-label": "Views" });
  const home = h("a", { class: "wordmark", href: "/" }, "Stackholder");
  const day = dateControl();
  const footer = h("footer", { class: "foot" });
  document.body.append(
    h("a", { class: "skip", href: "#main", onclick: (event: Event) => (event.preventDefault(), main.focus()) }, "To the content"),
    h("header", { class: "head" }, h("div", { class: "head-row" }, home, search(), day.element, themeButton()), places),
    main,
    footer,
  );
  addEventListener("keydown", slash);
  const shown = (): void => {
    home.href = to("/");
    fill(places, PLACES.map(([path, name, pattern]) => h("a", { href: to(path), "aria-current": pattern.test(location.pathname) ? "page" : null }, name)));
    day.update();
    void foot(footer);
  };
  shown();
  return { main, shown };
}

function search(): HTMLElement {
  const field = picker({ label: "Search", hideLabel: true, name: "q", placeholder: "Search a company, project, chip …   /", onPick: (found) => leave(entityAddress(found.id)) });
  field.input.id = "search";
  field.input.type = "search";
  const leave = (address: string): void => {
    field.set("");
    field.input.blur();
    go(address);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = field.input.value.trim();
    if (text) leave(to("/search", { q: text }));
  };
  return h("form", { role: "search", class: "head-search", onsubmit: submit }, field.element);
}

/** `/` goes to the search field, unless one is writing. */
function slash(event: KeyboardEvent): void {
  const inside = event.target as HTMLElement;
  if (event.key !== "/" || event.ctrlKey || event.metaKey || /^(input|textarea|select)$/i.test(inside.tagName) || inside.isContentEditable) return;
  event.preventDefault();
  document.getElementById("search")?.focus();
}

function dateControl(): { element: HTMLElement; update: () => void } {
  const input = h("input", { type: "date", id: "as-of", min: "1990-01-01", max: "2099-12-31" });
  const clear = h("button", { type: "button", class: "small plain", hidden: true, onclick: () => change("") }, "today");
  const change = (value: string): void => {
    const url = new URL(location.href);
    if (value) url.searchParams.set("as_of", value);
    else url.searchParams.delete("as_of");
    if (url.href !== location.href) go(url.href);
  };
  input.addEventListener("change", () => change(input.value));
  const update = (): void => {
    const asked = asOf();
    clear.hidden = !asked;
    element.classList.toggle("past", Boolean(asked));
    if (asked) input.value = asked;
    else void about().then((known) => !asOf() && (input.value = known.as_of.slice(0, 10)), () => undefined);
  };
  const element = h("div", { class: "as-of" }, h("label", { for: "as-of" }, "As of"), input, clear);
  return { element, update };
}

function themeButton(): HTMLElement {
  const signs = { system: "◐", light: "○", dark: "●" };
  const button = h("button", { type: "button", class: "theme plain" });
  const show = (): void => {
    button.textContent = signs[chosen()];
    button.title = `Colours: ${chosen()}`;
    button.setAttribute("aria-label", `Colours: ${chosen()}. Change to ${next(chosen())}.`);
  };
  button.addEventListener("click", () => {
    choose(next(chosen()));
    show();
  });
  show();
  return button;
}

async function foot(footer: HTMLElement): Promise<void> {
  const known = await about().catch(() => null);
  if (!known) return;
  fill(
    footer,
    h("p", {}, `Stackholder ${known.version} · snapshot `, h("code", {}, known.snapshot.slice(0, 12)), ` · as of ${known.as_of.slice(0, 10)}`),
    h("p", {}, h("a", { href: "/api/openapi.json" }, "JSON API"), " · ", h("a", { href: "/api/export?format=graphml", download: "" }, "whole graph as GraphML"), " · ", h("a", { href: "/licences.txt", target: "_blank" }, "licences")),
  );
}
