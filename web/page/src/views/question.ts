/** One question as a form, with its answer as table and picture. */

import { get, questions } from "../api";
import { to, type Parameters } from "../address";
import { fill, h, prose, unique } from "../dom";
import { capital, words } from "../format";
import { picker } from "../picker";
import { ApiError } from "../api";
import { failure, go, title, type Place } from "../router";
import { showResult } from "../result";
import type { Answer, Found, Parameter, Question } from "../types";

const LIMIT = 100;

/** The form, filled from the address or with the examples, and the answer to it. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const all = await questions();
  if (place.signal.aborted) return;
  const question = all.find((q) => q.name === place.rest);
  if (!question) throw new ApiError(`There is no question “${place.rest}”.`, "", "The list of questions has them all.", 404);
  title(question.summary);
  const given = place.url.searchParams;
  const values = Object.fromEntries(question.parameters.map((p) => [p.name, given.get(p.name) ?? startValue(p)]));
  const result = h("div", { class: "result" }, h("p", { class: "loading", role: "status" }, "Asking …"));
  fill(
    main,
    h("p", { class: "kind" }, h("a", { href: to("/questions") }, "Questions"), ` · ${question.id}`),
    h("h1", {}, question.summary),
    h("p", { class: "lead-small" }, prose(question.description)),
    form(question, values, given),
    result,
    texts(question),
  );
  const language = given.get("language");
  const limit = given.get("limit") ?? String(LIMIT);
  try {
    const answer = await get<Answer>(`ask/${question.name}`, { ...values, limit, language, explain: true }, place.signal);
    const names = await namesOf(question, answer);
    if (place.signal.aborted) return;
    await showResult(result, { ...answer, names }, { signal: place.signal, pictures: true });
  } catch (error) {
    if (!place.signal.aborted) fill(result, failure(error));
  }
}

/** Names of the entities that were asked about, which the rows need not repeat. */
async function namesOf(question: Question, answer: Answer): Promise<Record<string, string>> {
  const ids = question.parameters.filter((p) => p.type === "entity").map((p) => answer.parameters[p.name]);
  const given = ids.filter((id): id is string => typeof id === "string" && id !== "");
  const found = await Promise.all(given.map((id) => get<{ rows: Found[] }>("search", { q: id, limit: 1 })));
  return { ...answer.names, ...Object.fromEntries(found.flatMap(({ rows }) => rows.map((r) => [r.id, r.name]))) };
}

/** What a field holds before the reader wrote anything: the default, else the example, so that there is an answer at once. */
function startValue(parameter: Parameter): string {
  if (parameter.choices.length > 0 && parameter.default !== null) return String(parameter.default);
  const value = parameter.default === null || parameter.default === "" ? parameter.example : parameter.default;
  return String(value ?? "");
}

interface Field {
  element: HTMLElement;
  value: () => string;
}

function form(question: Question, values: Record<string, string>, given: URLSearchParams): HTMLElement {
  const fields = question.parameters.map((p) => [p.name, field(p, values[p.name] ?? "")] as const);
  const limitId = unique("limit");
  const limit = h("input", { id: limitId, type: "number", min: 1, max: 10_000, value: given.get("limit") ?? LIMIT });
  const languageId = unique("language");
  const language = h("select", { id: languageId }, ["cypher", "sparql"].map((l) => h("option", { value: l, selected: given.get("language") === l }, l === "cypher" ? "Cypher" : "SPARQL")));
  const submit = (event: Event): void => {
    event.preventDefault();
    const asked: Parameters = Object.fromEntries(fields.map(([name, f]) => [name, f.value()]));
    go(to(`/questions/${question.name}`, { ...asked, limit: limit.value === String(LIMIT) ? null : limit.value, language: language.value === "cypher" ? null : language.value }));
  };
  const both = Boolean(question.cypher && question.sparql);
  return h(
    "form",
    { class: "ask-form", onsubmit: submit },
    h(
      "div",
      { class: "fields" },
      fields.map(([, f]) => f.element),
      h("div", { class: "amount" }, h("label", { for: limitId }, "Rows at most"), limit),
      both && h("div", { class: "amount" }, h("label", { for: languageId }, "Asked in"), language),
      h("button", { type: "submit", class: "primary" }, "Ask"),
    ),
  );
}

function field(parameter: Parameter, value: string): Field {
  const label = capital(words(parameter.name));
  const id = unique("field");
  const about = h("small", { class: "about", id: `${id}-about` }, parameter.about);
  if (parameter.type === "entity") {
    const entity = picker({ label, name: parameter.name, kinds: parameter.kinds, placeholder: parameter.example, required: parameter.default === null });
    entity.set(value);
    entity.input.setAttribute("aria-describedby", `${id}-about`);
    entity.element.append(about);
    return { element: entity.element, value: entity.value };
  }
  if (parameter.type === "boolean") {
    const box = h("input", { id, type: "checkbox", checked: value === "true" || value === "1", "aria-describedby": `${id}-about` });
    return { element: h("div", { class: "field" }, h("label", { for: id, class: "check" }, box, label), about), value: () => String(box.checked) };
  }
  if (parameter.choices.length > 0) {
    const select = h("select", { id, name: parameter.name, "aria-describedby": `${id}-about` }, parameter.choices.map((c) => h("option", { value: c, selected: c === value }, c === "" ? "any" : words(c))));
    return { element: h("div", { class: "field" }, h("label", { for: id }, label), select, about), value: () => select.value };
  }
  const whole = parameter.type === "integer";
  const input = h("input", { id, name: parameter.name, type: parameter.type === "string" ? "text" : "number", step: whole ? 1 : "any", value, placeholder: parameter.example, required: parameter.default === null, "aria-describedby": `${id}-about` });
  return { element: h("div", { class: parameter.type === "string" ? "field" : "amount" }, h("label", { for: id }, label), input, about), value: () => input.value.trim() };
}

/** The texts of the question, to read, and to change in the consoles. */
function texts(question: Question): HTMLElement | string {
  const known = [["Cypher", question.cypher, "/console/cypher"], ["SPARQL", question.sparql, "/console/sparql"]] as const;
  const some = known.filter(([, text]) => text);
  if (some.length === 0) return h("p", { class: "quiet" }, "This question is computed on demand, not written as a query.");
  return h(
    "section",
    { class: "texts" },
    some.map(([name, text, console]) =>
      h("details", {},
        h("summary", {}, `The question in ${name}`),
        h("p", {}, h("a", { href: to(console, { question: question.name }) }, `Open it in the ${name} console`)),
        h("pre", { tabindex: "0", role: "region", "aria-label": `${name} text` }, h("code", {}, (text ?? "").replace(/^(\/\/|#)\+.*\n?/gm, "").trim())))),
  );
}
