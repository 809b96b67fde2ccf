/** An answer: how much of it there is, its picture, its table, what to know before believing it, and the files. */

import { bars, measureOf } from "./bars";
import { h, prose, type Child } from "./dom";
import { answerDownloads } from "./download";
import { outside } from "./evidence";
import { capital, many, nameOf, words } from "./format";
import { layered } from "./layers";
import { doubts, measures, sentence } from "./measures";
import { intervalBar } from "./powers";
import { keysIn, table } from "./table";
import type { Answer, Evidence, Row } from "./types";

const DRAWN_EDGES = 24;

export interface ResultSettings {
  signal: AbortSignal;
  /** Whether a picture is offered. */
  pictures: boolean;
  draw?: Record<string, (row: Row) => Child>;
}

/** Names of entities that an answer holds, from its own columns. */
export function namesIn(answer: Answer): Record<string, string> {
  const names: Record<string, string> = { ...answer.names };
  const pairs = answer.columns.filter((c) => c.type === "entity").map((c) => [c.name, `${c.name}_name`] as const);
  for (const row of answer.rows) {
    for (const [id, name] of pairs) {
      const [key, value] = [row[id], row[name]];
      if (typeof key === "string" && typeof value === "string") names[key] = value;
    }
  }
  return names;
}

/** Everything about an answer, as one block. */
export async function showResult(room: HTMLElement, answer: Answer, settings: ResultSettings): Promise<void> {
  const names = namesIn(answer);
  const pictures = h("div", { class: "pictures" });
  room.replaceChildren(
    h("div", { class: "result-head" }, h("p", { class: "result-count", role: "status" }, counted(answer)), answer.rows.length > 0 && answerDownloads(answer)),
    warnings(answer),
    sentence(answer),
    measures(answer),
    pictures,
    answer.rows.length > 0 ? answerTable(answer, names, settings) : h("p", { class: "empty" }, "Nothing was found. That is what the graph holds, not proof that there is nothing."),
    notes(answer),
    doubts(answer, names),
  );
  if (settings.pictures && answer.rows.length > 0) await drawPictures(pictures, answer, names, settings);
}

function counted(answer: Answer): Child {
  const date = answer.as_of ? `, as of ${answer.as_of}` : "";
  const rows = many(answer.rows.length, "row");
  return answer.complete ? `${rows}${date}` : `The first ${rows}${date}; there are more.`;
}

/** Sources that were not read in full: said before the rows, since rows may be missing. */
export function warnings(answer: { incomplete_sources: string[] }): HTMLElement | string {
  if (answer.incomplete_sources.length === 0) return "";
  return h("p", { class: "caution" }, "Not read in full, so rows may be missing: ", answer.incomplete_sources.join(", "));
}

function notes(answer: Answer): HTMLElement | string {
  if (answer.notes.length === 0) return "";
  return h("section", { class: "reading" }, h("h2", {}, "How to read it"), answer.notes.map((n) => h("p", {}, prose(capital(n)))));
}

function answerTable(answer: Answer, names: Record<string, string>, settings: ResultSettings): HTMLElement {
  const draw: Record<string, (row: Row) => Child> = {};
  for (const column of answer.columns) {
    if (column.type === "double" && /^0 to 1/.test(column.unit)) draw[column.name] = (row) => intervalBar(row[column.name] as number | null, row[column.name] as number | null);
    if (/^(.+_)?kind$/.test(column.name)) draw[column.name] = (row) => capital(words(String(row[column.name] ?? "–")));
    if (column.type === "string" && answer.rows.some((r) => /^https?:\/\//.test(String(r[column.name] ?? "")))) {
      draw[column.name] = (row) => outside(String(row[column.name] ?? "–"));
    }
  }
  return table(answer.columns, answer.rows, {
    caption: `Rows of ${words(answer.question)}`,
    names,
    draw: { ...draw, ...settings.draw },
    ...(answer.evidence ? { evidence: answer.evidence } : {}),
  });
}

async function drawPictures(room: HTMLElement, answer: Answer, names: Record<string, string>, settings: ResultSettings): Promise<void> {
  const measure = measureOf(answer);
  if (measure) {
    const chart = h("div", { class: "chart" });
    room.append(chart);
    bars(answer, measure, chart);
  }
  if (Object.keys(answer.evidence ?? {}).length < 2) return;
  const drawn = h("div", { class: "drawn" });
  const detail = h("details", { class: "drawing" }, h("summary", {}, "Draw the statements behind it"), drawn);
  room.append(detail);
  detail.addEventListener("toggle", () => void (detail.open && drawStatements(drawn, answer, names, settings)), { once: true });
  if (!measure) detail.open = true;
}

async function drawStatements(room: HTMLElement, answer: Answer, names: Record<string, string>, settings: ResultSettings): Promise<void> {
  const [statements, rows] = firstStatements(answer);
  const kinds = new Map(statements.flatMap((s) => [[s.source, s.source_kind ?? ""], [s.target, s.target_kind ?? ""]] as const));
  const nodes = [...kinds].map(([id, kind]) => ({ id, kind, name: nameOf(id, names) }));
  const edges = statements.map((s) => ({ source: s.source, target: s.target, key: s.key, label: words(s.relation) }));
  const { showPicture } = await import("./picture");
  const ends = Object.values(answer.parameters).filter((v): v is string => typeof v === "string");
  await showPicture(room, layered(nodes, edges), { title: `The statements behind ${words(answer.question)}`, stem: answer.question, signal: settings.signal, ends });
  if (rows < answer.rows.length) room.append(h("p", { class: "quiet" }, `What stands behind the first ${rows} of ${answer.rows.length} rows.`));
}

/** The statements behind the first rows, as many rows as can be drawn readably; and how many rows these are. */
function firstStatements(answer: Answer): [Evidence[], number] {
  const edges = answer.columns.filter((c) => c.type === "edge").map((c) => c.name);
  const found = new Map<string, Evidence>();
  for (const [place, row] of answer.rows.entries()) {
    const said = keysIn(row, edges).map((key) => answer.evidence?.[key]).filter((s) => s !== undefined);
    const fresh = new Set(said.filter((s) => !found.has(s.key)).map((s) => s.key));
    if (place > 0 && found.size + fresh.size > DRAWN_EDGES) return [[...found.values()], place];
    for (const one of said) found.set(one.key, one);
  }
  if (found.size > 0) return [[...found.values()], answer.rows.length];
  return [Object.values(answer.evidence ?? {}).slice(0, DRAWN_EDGES), answer.rows.length];
}
