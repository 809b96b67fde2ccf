/** What changed between two dates or snapshots. */

import { about, get } from "../api";
import { to } from "../address";
import { fill, h, unique } from "../dom";
import { entityLink } from "../evidence";
import { capital, date, many, nameOf, words } from "../format";
import { picker } from "../picker";
import { failure, go, type Place } from "../router";
import { showResult } from "../result";
import type { Answer, Row, SnapshotEntry } from "../types";

/** The form, filled from the address or with the last ten years' best known change, and the rows. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const [known, kept] = await Promise.all([about(), get<{ snapshots: SnapshotEntry[] }>("snapshots", { as_of: null }, place.signal).catch(() => ({ snapshots: [] as SnapshotEntry[] }))]);
  if (place.signal.aborted) return;
  const given = place.url.searchParams;
  const asked = {
    before: given.get("before") ?? "2022-09-01",
    after: given.get("after") ?? known.as_of.slice(0, 10),
    around: given.get("around") ?? (given.has("before") ? "" : "framework/pytorch"),
    control: given.get("control") === "1",
  };
  const result = h("div", { class: "result" }, h("p", { class: "loading", role: "status" }, "Comparing …"));
  fill(main, h("h1", {}, "What changed"), h("p", { class: "lead-small" }, "Two dates, or two snapshots by the beginning of their hash: every statement that was added, ended or changed, or every power that began, ended or has another value."), form(asked, kept.snapshots), result);
  try {
    const answer = await get<Answer>("diff", { ...asked, as_of: null }, place.signal);
    if (place.signal.aborted) return;
    await (asked.control ? showPowers : showStatements)(result, answer, place);
  } catch (error) {
    if (!place.signal.aborted) fill(result, failure(error));
  }
}

interface Asked {
  before: string;
  after: string;
  around: string;
  control: boolean;
}

function form(asked: Asked, snapshots: SnapshotEntry[]): HTMLElement {
  const listId = unique("moments");
  const moment = (label: string, value: string): [HTMLElement, HTMLInputElement] => {
    const id = unique("moment");
    const input = h("input", { id, type: "text", value, list: listId, required: true, spellcheck: "false" });
    return [h("div", { class: "field" }, h("label", { for: id }, label), input), input];
  };
  const [beforeField, before] = moment("Before", asked.before);
  const [afterField, after] = moment("After", asked.after);
  const around = picker({ label: "Around", name: "around", placeholder: "everything" });
  around.set(asked.around);
  const control = h("input", { type: "checkbox", checked: asked.control });
  const submit = (event: Event): void => {
    event.preventDefault();
    go(to("/changes", { before: before.value.trim(), after: after.value.trim(), around: around.value(), control: control.checked }));
  };
  return h(
    "form",
    { class: "ask-form", onsubmit: submit },
    h("datalist", { id: listId }, snapshots.map((s) => h("option", { value: s.hash.slice(0, 12) }, `snapshot of ${s.built.slice(0, 10)}${s.current ? ", current" : ""}`))),
    h("div", { class: "fields" }, beforeField, afterField, around.element),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, "Compare"), h("label", { class: "check" }, control, "powers instead of statements")),
  );
}

const SIGNS: Record<string, string> = { added: "+", began: "+", ended: "−", changed: "±" };

/** The day on which it began or ended, as exactly as it is stated; nothing where it is not. */
function when(row: Row, answer: Answer): string {
  const said = answer.evidence?.[String(row["edge"])];
  if (row["what"] === "ended") return date(said?.valid_to, said?.valid_to_precision);
  return row["what"] === "added" ? date(said?.valid_from, said?.valid_from_precision) : "";
}

function sign(row: Row, date = ""): HTMLElement {
  const what = String(row["what"]);
  return h("span", { class: `what what-${what}` }, h("b", { "aria-hidden": "true" }, SIGNS[what] ?? ""), ` ${what} `, h("span", { class: "date" }, date));
}

function headline(room: HTMLElement, answer: Answer, one: string): void {
  const counts = new Map<string, number>();
  for (const row of answer.rows) counts.set(String(row["what"]), (counts.get(String(row["what"])) ?? 0) + 1);
  if (answer.rows.length > 0) room.prepend(h("p", { class: "headline" }, capital([...counts].map(([what, n]) => `${many(n, one)} ${what}`).join(", ")), "."));
}

async function showStatements(room: HTMLElement, answer: Answer, place: Place): Promise<void> {
  const link = (end: string) => (row: Row) => entityLink(String(row[end]), nameOf(String(row[end]), answer.names));
  await showResult(room, answer, {
    signal: place.signal,
    pictures: false,
    draw: { what: (row) => sign(row, when(row, answer)), relation: (row) => words(String(row["relation"])), source: link("source"), target: link("target") },
  });
  headline(room, answer, "statement");
}

async function showPowers(room: HTMLElement, answer: Answer, place: Place): Promise<void> {
  const columns = answer.columns.filter((c) => c.name !== "power");
  await showResult(room, { ...answer, columns }, { signal: place.signal, pictures: false, draw: { what: (row) => sign(row) } });
  headline(room, answer, "power");
}
