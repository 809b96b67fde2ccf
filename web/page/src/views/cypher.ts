/** A console for Cypher, on the query address that Neo4j's clients speak. */

import CodeMirror from "codemirror";
import "codemirror/lib/codemirror.css";
import "codemirror/mode/cypher/cypher.js";
import "../styles/console.css";
import { asOf, to } from "../address";
import { ApiError } from "../api";
import { canned, cannedTexts, scrollable, type Canned } from "../console";
import { fill, h } from "../dom";
import { csv, downloads, save } from "../download";
import { many } from "../format";
import { failure, type Place } from "../router";
import { table } from "../table";
import type { Cell, Column, Row } from "../types";

const FIRST = `MATCH (owner)-[:PROVIDES]->(cloud:CloudPlatform)-[offer:OFFERS]->(chip:Processor)
WHERE offer.exclusive
RETURN owner.name AS owner, cloud.name AS cloud, chip.name AS chip, offer.valid_from AS since
ORDER BY owner, chip, cloud LIMIT 25`;

interface QueryAnswer {
  data?: { fields: string[]; values: Cell[][] };
  errors?: { code: string; message: string }[];
  notifications?: { title?: string; description?: string }[];
}

/** The editor, filled from the address or with a first example, and its result. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const given = place.url.searchParams;
  const named = given.get("question");
  const start = named ? await canned("cypher", named) : undefined;
  if (place.signal.aborted) return;
  const host = h("div", { class: "editor" });
  const parameters = h("textarea", { id: "cypher-parameters", rows: 2, spellcheck: "false" });
  const result = h("div", { class: "result" });
  fill(main, h("h1", {}, "Cypher"), h("p", { class: "lead-small" }, "Any read query on the embedded store. Ctrl-Enter runs it, Tab leaves the editor."));
  const editor = edit(host);
  let untouched: Partial<Canned> = { ...start };
  const set = (text: string, values: unknown): void => {
    editor.setValue(text);
    parameters.value = JSON.stringify(values);
  };
  const run = (): void => {
    if (editor.getValue() !== untouched.text || parameters.value !== JSON.stringify(untouched.parameters)) place.replace(to("/console/cypher", { query: editor.getValue(), parameters: parameters.value === "{}" ? "" : parameters.value }));
    void ask(editor.getValue(), parameters.value, result, place);
  };
  const choose = async (name: string): Promise<void> => {
    const text = await canned("cypher", name);
    if (!text || place.signal.aborted) return;
    untouched = text;
    set(text.text, text.parameters);
    place.replace(to("/console/cypher", { question: name }));
    void ask(text.text, JSON.stringify(text.parameters), result, place);
  };
  main.append(
    await cannedTexts("cypher", named, (name) => void choose(name)),
    host,
    h("div", { class: "console-row" }, h("div", { class: "field wide" }, h("label", { for: "cypher-parameters" }, "Parameters, as JSON"), parameters), h("button", { type: "button", class: "primary", onclick: run }, "Run")),
    result,
  );
  set(start?.text ?? given.get("query") ?? FIRST, start?.parameters ?? JSON.parse(readable(given.get("parameters"))));
  editor.setOption("extraKeys", { "Ctrl-Enter": run, "Cmd-Enter": run, Tab: false, "Shift-Tab": false });
  editor.refresh();
  if (start || given.has("query")) await ask(editor.getValue(), parameters.value, result, place);
}

function readable(text: string | null): string {
  try {
    JSON.parse(text ?? "{}");
    return text ?? "{}";
  } catch {
    return "{}";
  }
}

function edit(host: HTMLElement): CodeMirror.Editor {
  const editor = CodeMirror(host, { mode: "application/x-cypher-query", lineNumbers: true, lineWrapping: true, screenReaderLabel: "Cypher query", viewportMargin: Infinity });
  scrollable(host);
  return editor;
}

async function ask(statement: string, parameters: string, room: HTMLElement, place: Place): Promise<void> {
  fill(room, h("p", { class: "loading", role: "status" }, "Running …"));
  const started = performance.now();
  try {
    const answer = await query(statement, parameters, place.signal);
    if (place.signal.aborted) return;
    show(room, answer, performance.now() - started);
  } catch (error) {
    if (!place.signal.aborted) fill(room, failure(error));
  }
}

async function query(statement: string, parameters: string, signal: AbortSignal): Promise<QueryAnswer> {
  let values: unknown;
  try {
    values = JSON.parse(parameters || "{}");
  } catch {
    throw new ApiError("The parameters are not JSON.", "parameters", 'Write them like {"artefact": "framework/pytorch"}', 400);
  }
  const response = await fetch(`/cypher${asOf() ? `?as_of=${asOf()}` : ""}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ statement, parameters: values }),
    signal,
  });
  const body = (await response.json()) as QueryAnswer & { error?: { what: string; where: string; hint: string } };
  if (body.error) throw new ApiError(body.error.what, body.error.where, body.error.hint, response.status);
  const wrong = body.errors?.[0];
  if (wrong) throw new ApiError(wrong.message, wrong.code, "", response.status);
  return body;
}

function show(room: HTMLElement, answer: QueryAnswer, took: number): void {
  const fields = answer.data?.fields ?? [];
  const values = answer.data?.values ?? [];
  const columns = fields.map((name, i): Column => ({ name, unit: "", type: values.some((v) => typeof v[i] === "number") ? "double" : "string" }));
  const rows = values.map((value): Row => Object.fromEntries(fields.map((name, i) => [name, flat(value[i])])));
  fill(
    room,
    h("div", { class: "result-head" }, h("p", { class: "result-count", role: "status" }, `${many(rows.length, "row")} in ${Math.round(took)} ms`),
      rows.length > 0 && downloads([["CSV", () => save("cypher.csv", csv(columns, rows), "text/csv")], ["JSON", () => save("cypher.json", JSON.stringify(rows, null, 1), "application/json")]])),
    (answer.notifications ?? []).map((n) => h("p", { class: "caution" }, n.description ?? n.title)),
    rows.length > 0 ? table(columns, rows, { caption: "Result of the query", titles: Object.fromEntries(fields.map((f) => [f, f])) }) : h("p", { class: "empty" }, "No rows."),
  );
}

/** A node or relationship as its text; lists and plain values as they are. */
function flat(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "object" && !Array.isArray(value)) return JSON.stringify(value);
  return value as Cell;
}
