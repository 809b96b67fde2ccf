/** A console for SPARQL: YASGUI on this server's own endpoint, with the canned texts. */

import Yasgui from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
import "../styles/console.css";
import { asOf, to } from "../address";
import { canned, cannedTexts, scrollable } from "../console";
import { fill, h } from "../dom";
import type { Place } from "../router";

const FIRST = `PREFIX stk: <https://w3id.org/stackholder/ns#>
PREFIX schema: <https://schema.org/>

SELECT ?company ?framework WHERE {
  ?c stk:created ?f ; a stk:Company ; schema:name ?company .
  ?f a stk:Framework ; schema:name ?framework .
}
ORDER BY ?company ?framework
LIMIT 25`;

/** The console; the query stands in the address. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const given = place.url.searchParams;
  const named = given.get("question");
  const start = named ? await canned("sparql", named) : undefined;
  if (place.signal.aborted) return;
  const room = h("div", { class: "yasgui-room" });
  fill(main, h("h1", {}, "SPARQL"), h("p", { class: "lead-small" }, "Any read query at the endpoint ", h("code", {}, "/sparql"), ". Ctrl-Enter runs it, Tab leaves the editor."));
  let untouched = start?.text;
  const picked = async (name: string): Promise<void> => {
    const text = await canned("sparql", name);
    const tab = yasgui.getTab();
    if (!text || !tab || place.signal.aborted) return;
    untouched = text.text;
    tab.setQuery(text.text);
    place.replace(to("/console/sparql", { question: name }));
    void tab.query().catch(() => undefined);
  };
  main.append(await cannedTexts("sparql", named, (name) => void picked(name)), room);
  const yasgui = opened(room);
  const tab = yasgui.getTab();
  tab?.setQuery(start?.text ?? given.get("query") ?? FIRST);
  yasgui.on("query", (_, asked) => {
    const text = asked.getYasqe().getValue();
    if (text !== untouched) place.replace(to("/console/sparql", { query: text }));
  });
  readable(room);
  const watch = new MutationObserver(() => readable(room));
  watch.observe(room, { childList: true, subtree: true });
  place.signal.addEventListener("abort", () => watch.disconnect());
  if (start || given.has("query")) await tab?.query().catch(() => undefined);
}

/** YASGUI that asks this server and nobody else: its completions from prefix.cc and LOV are left out. */
function opened(room: HTMLElement): Yasgui {
  const endpoint = `${location.origin}/sparql${asOf() ? `?as_of=${asOf()}` : ""}`;
  Yasgui.Yasqe.defaults.autocompleters = ["variables"];
  return new Yasgui(room, {
    persistenceId: null,
    copyEndpointOnNewTab: true,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] } as never,
    requestConfig: { endpoint, method: "POST" },
    yasqe: { persistenceId: null, editorHeight: "320px", extraKeys: { Tab: false, "Shift-Tab": false } } as never,
    yasr: { persistenceId: null, prefixes: {} } as never,
  });
}

/** Names for the controls that YASGUI leaves without one. */
function readable(room: HTMLElement): void {
  scrollable(room);
  const names: [string, string][] = [
    [".yasqe textarea", "SPARQL query"],
    [".autocompleteWrapper input", "Endpoint"],
    [".tableFilter", "Filter the rows"],
    [".yasr_header input, .tableSizer, .dataTables_length select", "Rows to show"],
    [".closeTab", "Close this tab"],
    [".addTab", "Open another tab"],
    [".dataTable thead th:first-child", "Row"],
  ];
  for (const [selector, name] of names) {
    for (const element of room.querySelectorAll(selector)) if (!element.hasAttribute("aria-label")) element.setAttribute("aria-label", name);
  }
}
