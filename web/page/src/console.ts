/** What both consoles share: the canned texts to start from. */

import { get, questions } from "./api";
import { h, unique } from "./dom";
import type { Found, Parameter } from "./types";

export type Language = "cypher" | "sparql";

/** A list of canned texts in a language; choosing one calls back. */
export async function cannedTexts(language: Language, chosen: string | null, onChoose: (name: string) => void): Promise<HTMLElement> {
  const all = (await questions()).filter((q) => q[language]);
  const id = unique("canned");
  const select = h("select", { id }, h("option", { value: "" }, "a text of your own"), all.map((q) => h("option", { value: q.name, selected: q.name === chosen }, q.summary)));
  select.addEventListener("change", () => select.value && onChoose(select.value));
  return h("div", { class: "field canned" }, h("label", { for: id }, "Start from"), select);
}

/** A canned text ready to run. */
export interface Canned {
  text: string;
  parameters: Record<string, string | number | boolean>;
}

/** The canned text of that name, its parameters set to their defaults or examples; undefined where there is none. */
export async function canned(language: Language, name: string): Promise<Canned | undefined> {
  const question = (await questions()).find((q) => q.name === name);
  const text = question?.[language];
  if (!question || !text) return undefined;
  const parameters = Object.fromEntries(await Promise.all(question.parameters.map(async (p) => [p.name, await value(p)] as const)));
  const bare = text.replace(/^(\/\/|#)\+.*\n?/gm, "").trim();
  return { text: language === "sparql" ? bound(bare, parameters) : bare, parameters };
}

async function value(parameter: Parameter): Promise<string | number | boolean> {
  const given = parameter.default ?? parameter.example;
  switch (parameter.type) {
    case "integer":
    case "double":
      return Number(given);
    case "boolean":
      return String(given) === "true";
    case "entity":
      return given === "" ? "" : await identified(String(given), parameter.kinds);
    default:
      return String(given);
  }
}

/** The id of an example that is given by name. */
async function identified(text: string, kinds: string[]): Promise<string> {
  const { rows } = await get<{ rows: Found[] }>("search", { q: text, limit: 40 });
  return rows.find((r) => kinds.length === 0 || kinds.includes(r.kind))?.id ?? text;
}

/** SPARQL has no parameters in its protocol: `?_name` is replaced by a literal, written as the grammar wants it. */
function bound(text: string, parameters: Canned["parameters"]): string {
  return text.replace(/\?_(\w+)/g, (found, name: string) => (name in parameters ? JSON.stringify(parameters[name]) : found));
}

/** An editor's text scrolls by keys too. */
export function scrollable(room: HTMLElement): void {
  for (const part of room.querySelectorAll(".CodeMirror-scroll")) {
    part.setAttribute("tabindex", "0");
    part.setAttribute("role", "group");
    part.setAttribute("aria-label", "Text of the query, scrolls");
  }
}
