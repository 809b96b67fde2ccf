/** The whole graph as a map: every entity a point, every tie of control a line. */

import { get } from "../api";
import { entityAddress, to } from "../address";
import { fill, h } from "../dom";
import { downloads, save } from "../download";
import { entityLink } from "../evidence";
import { capital, many, number, words } from "../format";
import { picker } from "../picker";
import { png, svgText } from "../scene";
import { Overview, swatch } from "../overview";
import type { Place } from "../router";
import type { OverviewMap } from "../types";

const LISTED = 20;

/** The map with its legend; what is chosen stands in the address. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const canvas = h("div", { class: "map-canvas", tabindex: "0", role: "application", "aria-label": "Map of the whole graph: arrow keys move, plus and minus zoom, 0 shows all" });
  const side = h("aside", { class: "map-side", "aria-label": "About the map" }, h("p", { class: "loading", role: "status" }, "Drawing …"));
  fill(main, h("h1", { class: "map-title" }, "Map"), h("div", { class: "map" }, canvas, side));
  const map = await get<OverviewMap>("map", { limit: 10_000 }, place.signal);
  if (place.signal.aborted) return;
  const overview = new Overview(canvas, map, place.signal);
  const about = h("div", { class: "map-about", "aria-live": "polite" });
  const choose = (id: string | null): void => {
    place.replace(to("/map", { focus: id, without: [...overview.hidden].join(",") }));
    fill(about, id ? detail(overview, id) : hint());
  };
  overview.onChoose = choose;
  const find = picker({ label: "Find on the map", name: "focus", onPick: (found) => (overview.whole(), overview.choose(found.id)) });
  fill(side, find.element, about, legend(overview, map, () => choose(overview.chosen)), tools(overview), biggest(map));
  const given = place.url.searchParams;
  for (const kind of (given.get("without") ?? "").split(",").filter(Boolean)) overview.toggle(kind, false);
  for (const box of side.querySelectorAll<HTMLInputElement>("input[type=checkbox]")) box.checked = !overview.hidden.has(box.value);
  const focus = given.get("focus");
  if (focus) overview.choose(focus);
  else fill(about, hint());
}

function hint(): HTMLElement {
  return h("p", { class: "quiet" }, "Each island is a group of entities tied more closely to each other than to the rest, called after its most tied member. Large points have many ties. Choose one to see them.");
}

function detail(overview: Overview, id: string): HTMLElement {
  const point = overview.point(id);
  if (!point) return h("p", { class: "caution" }, "It is not on the map at this date.");
  return h("div", { class: "map-detail" }, h("p", { class: "kind" }, capital(words(point.kind))), h("p", { class: "map-name" }, entityLink(id, point.name)), h("p", { class: "quiet" }, "Tied by control to ", many(overview.ties(id), "other"), " on the map."));
}

function legend(overview: Overview, map: OverviewMap, changed: () => void): HTMLElement {
  const counts = new Map<string, number>();
  for (const node of map.nodes) counts.set(node.kind, (counts.get(node.kind) ?? 0) + 1);
  return h(
    "fieldset",
    { class: "legend" },
    h("legend", {}, "Kinds"),
    overview.kinds.map((kind) => {
      const box = h("input", { type: "checkbox", value: kind, checked: true });
      box.addEventListener("change", () => {
        overview.toggle(kind, box.checked);
        changed();
      });
      return h("label", { class: "check" }, box, swatch(overview.kinds.indexOf(kind)), h("span", {}, capital(words(kind))), h("span", { class: "quiet number" }, number(counts.get(kind) ?? 0)));
    }),
  );
}

function tools(overview: Overview): HTMLElement {
  return h(
    "div",
    { class: "picture-tools" },
    h("div", { class: "zoom", role: "group", "aria-label": "Zoom" },
      h("button", { type: "button", class: "small", "aria-label": "Zoom in", onclick: () => overview.zoom(1.5) }, "+"),
      h("button", { type: "button", class: "small", "aria-label": "Zoom out", onclick: () => overview.zoom(1 / 1.5) }, "−"),
      h("button", { type: "button", class: "small", onclick: () => overview.whole() }, "Whole")),
    downloads([
      ["SVG", () => save("map.svg", svgText(overview.scene()), "image/svg+xml")],
      ["PNG", async () => save("map.png", await png(overview.scene()))],
      ["GraphML", "/api/export?format=graphml"],
    ]),
  );
}

/** The largest points as a list: the map for whoever does not see it. */
function biggest(map: OverviewMap): HTMLElement {
  const some = map.nodes.slice(0, LISTED);
  return h("details", { class: "biggest" }, h("summary", {}, "The largest as a list"), h("ol", {}, some.map((n) => h("li", {}, h("a", { href: entityAddress(n.id) }, n.name), h("span", { class: "quiet" }, ` ${words(n.kind)}`)))));
}
