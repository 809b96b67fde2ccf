/** The path explorer: from, to several, powers on and off, a date; the picture and the list, each hop with its evidence. */

import { about, apiAddress, get } from "../api";
import { asOf, to, type Parameters } from "../address";
import { append, fill, h, unique, type Child } from "../dom";
import { answerDownloads } from "../download";
import { entityLink, proof } from "../evidence";
import { capital, interval, many, money, nameOf, words } from "../format";
import { sentence } from "../measures";
import { picker, type Picker } from "../picker";
import { intervalBar, legend, sample, USUAL } from "../powers";
import { failure, go, title, type Place } from "../router";
import { warnings } from "../result";
import type { About, Answer, Evidence, Hop, PathsAnswer, Row } from "../types";

/** A note that says what to type on the command line. */
const FLAG = / -k \d+$/;
const FIRST_MONTH = [2008, 0] as const;

/** The form, and the paths it asks for. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const known = await about();
  if (place.signal.aborted) return;
  const asked = read(place.url);
  const result = h("div", { class: "result" });
  fill(main, h("h1", {}, "Control paths"), h("p", { class: "lead-small" }, "How does one reach the other? Any number of hops that decide, then at most one of another power; what is known goes first."), form(asked, known), result);
  if (!asked.from || asked.to.length === 0) return void fill(result, examples());
  fill(result, h("p", { class: "loading", role: "status" }, "Searching …"));
  try {
    const answer = await get<PathsAnswer>("paths", parameters(asked), place.signal);
    await show(result, answer, known, place);
  } catch (error) {
    if (!place.signal.aborted) fill(result, failure(error));
  }
}

interface Asked {
  from: string;
  to: string[];
  k: string;
  max_hops: string;
  powers: string[];
}

function read(url: URL): Asked {
  const given = url.searchParams;
  return {
    from: given.get("from") ?? "",
    to: given.getAll("to").filter(Boolean),
    k: given.get("k") ?? "5",
    max_hops: given.get("max_hops") ?? "5",
    powers: (given.get("power") ?? "").split(",").filter(Boolean),
  };
}

function parameters(asked: Asked): Parameters {
  return { from: asked.from, to: asked.to, k: asked.k, max_hops: asked.max_hops, power: asked.powers.join(",") };
}

function examples(): HTMLElement {
  const some: [string, string, string[]][] = [
    ["Alphabet to JAX", "company/alphabet", ["framework/jax"]],
    ["SoftBank to PyTorch", "company/softbank-group", ["framework/pytorch"]],
    ["NVIDIA to PyTorch, JAX and vLLM", "company/nvidia", ["framework/pytorch", "framework/jax", "framework/vllm"]],
  ];
  return h("p", { class: "starts" }, "For example: ", some.map(([name, from, ends], i) => [i > 0 && ", ", h("a", { href: to("/paths", { from, to: ends, k: 5 }) }, name)]), ".");
}

function form(asked: Asked, known: About): HTMLElement {
  const from = picker({ label: "From", name: "from", placeholder: "Who controls", required: true });
  from.set(asked.from);
  const ends = endFields(asked.to);
  const [count, hops] = [amount("Paths", "k", asked.k, 50), amount("Hops at most", "max_hops", asked.max_hops, 8)];
  const powers = powerBoxes(known, asked.powers);
  const submit = (event?: Event): void => {
    event?.preventDefault();
    const targets = ends.values();
    if (!from.value() || targets.length === 0) return;
    const chosen = powers.values();
    go(to("/paths", { from: from.value(), to: targets, k: count.input.value, max_hops: hops.input.value, power: chosen.join(",") }));
  };
  powers.element.addEventListener("change", () => submit());
  return h(
    "form",
    { class: "ask-form", onsubmit: submit },
    h("div", { class: "fields" }, from.element, ends.element, count.element, hops.element, h("button", { type: "submit", class: "primary" }, "Find paths")),
    powers.element,
    dateSlider(known),
  );
}

function endFields(ids: string[]): { element: HTMLElement; values: () => string[] } {
  const fields: Picker[] = [];
  const room = h("div", { class: "ends" });
  const add = (id: string): Picker => {
    const field = picker({ label: fields.length === 0 ? "To" : "or to", name: "to", placeholder: "Whom or what", required: fields.length === 0 });
    field.set(id);
    fields.push(field);
    room.append(field.element);
    return field;
  };
  for (const id of ids.length > 0 ? ids : [""]) add(id);
  const more = h("button", { type: "button", class: "small", onclick: () => add("").input.focus() }, "+ another target");
  return { element: h("div", { class: "ends-block" }, room, more), values: () => fields.map((f) => f.value()).filter(Boolean) };
}

function amount(label: string, name: string, value: string, most: number): { element: HTMLElement; input: HTMLInputElement } {
  const id = unique(name);
  const input = h("input", { id, name, type: "number", min: 1, max: most, value });
  return { element: h("div", { class: "amount" }, h("label", { for: id }, label), input), input };
}

function powerBoxes(known: About, chosen: string[]): { element: HTMLElement; values: () => string[] } {
  const on = chosen.length > 0 ? chosen : USUAL;
  const names = Object.keys(known.powers);
  const boxes = names.map((power) => h("input", { type: "checkbox", value: power, checked: on.includes(power) }));
  const element = h("fieldset", { class: "powers" }, h("legend", {}, "It ends by"), names.map((power, i) => h("label", { class: "check", title: known.powers[power] ?? power }, boxes[i] as HTMLInputElement, sample(power), power)));
  const values = (): string[] => {
    const some = boxes.filter((b) => b.checked).map((b) => b.value);
    return some.join() === USUAL.join() ? [] : some;
  };
  return { element, values };
}

/** A slider over months; letting go asks at that date. */
function dateSlider(known: About): HTMLElement {
  const last = new Date(`${known.as_of.slice(0, 10)}T00:00:00Z`);
  const latest = new Date();
  const end = latest > last ? latest : last;
  const months = (end.getUTCFullYear() - FIRST_MONTH[0]) * 12 + end.getUTCMonth();
  const shown = asOf() ?? known.as_of.slice(0, 10);
  const [year = 2000, month = 1] = shown.split("-").map(Number);
  const id = unique("slider");
  const output = h("output", { for: id }, shown);
  const dateAt = (value: number): string => new Date(Date.UTC(FIRST_MONTH[0], value, 1)).toISOString().slice(0, 10);
  const input = h("input", { type: "range", id, min: 0, max: months, value: Math.max(0, (year - FIRST_MONTH[0]) * 12 + month - 1), "aria-valuetext": shown });
  input.addEventListener("input", () => {
    output.textContent = dateAt(input.valueAsNumber);
    input.setAttribute("aria-valuetext", output.textContent);
  });
  input.addEventListener("change", () => {
    const url = new URL(location.href);
    if (input.valueAsNumber >= months) url.searchParams.delete("as_of");
    else url.searchParams.set("as_of", dateAt(input.valueAsNumber));
    go(url.href);
  });
  return h("div", { class: "slider" }, h("label", { for: id }, "As of"), input, output);
}

async function show(room: HTMLElement, answer: PathsAnswer, known: About, place: Place): Promise<void> {
  const names: Record<string, string> = { ...answer.names, ...Object.fromEntries(answer.picture.nodes.map((n) => [n.id, n.name])) };
  const source = String(answer.parameters["source"]);
  const targets = (answer.parameters["targets"] as string[] | undefined) ?? [];
  const named = (id: string): string => nameOf(id, names);
  title(`${named(source)} to ${targets.map(named).join(", ")}`);
  const hops = answer.hops ?? [];
  const picture = h("div", { class: "picture-room" });
  const empty = h("p", { class: "empty" }, "No path was found. More hops or powers, or another date, may show one.");
  fill(
    room,
    h("div", { class: "result-head" }, h("p", { class: "result-count", role: "status" }, `${many(hops.length, "path")}, as of ${answer.as_of ?? ""}`, answer.complete ? "" : "; there are more"), hops.length > 0 && answerDownloads(answer)),
    warnings(answer),
    sentence(answer),
    hops.length > 0 && picture,
    hops.length > 0 ? h("ol", { class: "paths" }, hops.map((some, i) => path(some, answer, i, names))) : empty,
    h("section", { class: "reading" }, h("h2", {}, "How to read it"), answer.notes.filter((n) => !FLAG.test(n)).map((n) => h("p", {}, capital(n)))),
  );
  if (hops.length === 0) return;
  const { showPicture } = await import("../picture");
  const graphml = apiAddress("export", { format: "graphml", around: source, hops: 2 });
  await showPicture(picture, answer.picture, { title: `Control paths from ${named(source)} to ${targets.map(named).join(", ")}`, stem: "paths", ends: [source, ...targets], legend: legend(answer.picture.edges.map((e) => e.power ?? ""), known.powers), signal: place.signal, graphml });
}

function path(hops: Hop[], answer: Answer, place: number, names: Record<string, string>): HTMLElement {
  const row = answer.rows[place] ?? {};
  const chain: Child[] = hops.map((hop) => [h("span", { class: "step", title: hop.reason }, hop.label), h("span", { class: "step-name" }, nameOf(hop.target, names))]);
  const first = hops[0] as Hop;
  const detail = h(
    "details",
    { class: "path" },
    h("summary", {}, h("span", { class: "chain" }, h("span", { class: "step-name" }, nameOf(first.source, names)), chain), h("span", { class: "path-value" }, arriving(hops, row))),
    h("ol", { class: "hops" }, hops.map((hop) => hopItem(hop, answer, names))),
  );
  if (place === 0) detail.open = true;
  return h("li", {}, detail);
}

/** By which power a path ends, and how much of it arrives. */
function arriving(hops: Hop[], row: Row): string {
  const last = hops[hops.length - 1] as Hop;
  if (last.power === "pays") return last.amount === null ? "pays" : `pays ${money(last.amount)}`;
  const [low, high] = [row["low"], row["high"]].map((v) => (typeof v === "number" ? v : null));
  return `${last.power} ${interval(low, high)}`;
}

function hopItem(hop: Hop, answer: Answer, names: Record<string, string>): HTMLElement {
  const item = h("li", { class: "hop" });
  append(item, [
    h("p", { class: "sentence" }, entityLink(hop.source, nameOf(hop.source, names)), sample(hop.power), h("span", { class: "relation" }, hop.power), entityLink(hop.target, nameOf(hop.target, names)), hop.high === null ? hop.amount !== null && h("span", {}, money(hop.amount)) : intervalBar(hop.low, hop.high)),
    hop.reason && h("p", { class: "because" }, capital(hop.reason), "."),
    hop.keys.map((key) => behind(answer.evidence?.[key], names)),
  ]);
  return item;
}

function behind(said: Evidence | undefined, names: Record<string, string>): Child {
  return [said && h("p", { class: "because" }, nameOf(said.source, names), " ", h("em", {}, words(said.relation)), " ", nameOf(said.target, names)), proof(said ?? {})];
}
