/** One entity: what it is, who holds it, what it holds, each power by itself, and every statement with its source. */

import { about, apiAddress, get, questions } from "../api";
import { to } from "../address";
import { fill, h, type Child } from "../dom";
import { entityLink, outside, proof } from "../evidence";
import { capital, cell, date, heading as label, money, nameOf, number, safe, words } from "../format";
import { layered } from "../layers";
import { intervalBar, legend, OVER, OWN, POWERS, sample } from "../powers";
import { table } from "../table";
import { title, type Place } from "../router";
import { warnings } from "../result";
import type { Answer, Cell, Column, Dossier, Holding, PictureEdge, Row, Statement } from "../types";

/** Neighbours in the picture on each side. */
const DRAWN = 8;
const OPEN = 8;
const LISTED = 6;

/** The page of an entity. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  fill(main, h("p", { class: "loading", role: "status" }, "Reading …"));
  const [known, { powers }] = await Promise.all([get<Dossier>("entity", { id: place.rest }, place.signal), about()]);
  if (place.signal.aborted) return;
  const name = String(known.values["name"] ?? known.id);
  title(name);
  const names: Record<string, string> = { ...known.names, [known.id]: name };
  const picture = h("div", { class: "picture-room" });
  const said = h("p", { class: "result-said" });
  fill(
    main,
    heading(known, name),
    warnings(known),
    said,
    picture,
    h("div", { class: "two-columns" }, side("Who holds it", "Nobody is known to hold it.", known.holders, known, names, true), side("What it holds", "It is known to hold nothing.", known.holdings, known, names, false)),
    await further(known),
    statements(known, names),
    sources(known),
  );
  if (place.signal.aborted) return;
  await Promise.all([told(said, known, place), neighbourhood(picture, known, name, powers, place)]);
}

/** Who holds it, in sentences: the answer to the question of that name, for kinds that it is asked of. */
async function told(room: HTMLElement, known: Dossier, place: Place): Promise<void> {
  const asked = (await questions().catch(() => [])).find((q) => q.name === "who_controls");
  const kinds = asked?.parameters.find((p) => p.type === "entity")?.kinds ?? [];
  if (!kinds.includes(known.kind)) return room.remove();
  const answer = await get<Answer>("ask/who_controls", { artefact: known.id }, place.signal).catch(() => null);
  if (answer?.summary) fill(room, answer.summary);
  else room.remove();
}

const IN_HEADING = new Set(["id", "kind", "name", "aliases", "identifiers", "stub"]);

function heading(known: Dossier, name: string): HTMLElement {
  const aliases = (known.values["aliases"] as string[] | undefined) ?? [];
  const identifiers = (known.values["identifiers"] as string[] | undefined) ?? [];
  const values = Object.entries(known.values).filter(([n, v]) => !IN_HEADING.has(n) && v !== null && !(Array.isArray(v) && v.length === 0));
  return h(
    "header",
    { class: "entity-head" },
    h("p", { class: "kind" }, capital(words(known.kind))),
    h("h1", {}, name),
    aliases.length > 0 && h("p", { class: "aliases" }, "also ", aliases.join(", ")),
    String(known.values["created"] ?? "") > known.as_of && h("p", { class: "caution" }, `It was created on ${cell(known.values["created"])}, after the date that is asked. What stands here has no dates.`),
    known.values["stub"] === true && h("p", { class: "caution" }, "Named by others; no source describes it."),
    h(
      "dl",
      { class: "values" },
      values.map(([n, v]) => h("div", {}, h("dt", {}, label(n)), h("dd", {}, typeof v === "string" && safe(v) ? outside(v, bare(v)) : spoken(v)))),
      h("div", {}, h("dt", {}, "ID"), h("dd", {}, h("code", {}, known.id))),
      identifiers.filter((i) => !i.startsWith("stackholder:")).map((i) => identifier(i)),
    ),
  );
}

const CHOICES: Record<string, string> = { cla_foundation: "with a foundation", cla_single_firm: "with a single firm", dco: "Developer Certificate of Origin" };

/** A value as one says it: `octo.ai 2024-09/..` is that domain since then, or until then where the date stands behind. */
function spoken(value: Cell): string {
  if (Array.isArray(value)) return value.map(spoken).join(", ");
  if (typeof value !== "string") return cell(value);
  return CHOICES[value] ?? value.replace(/ (\S+)\/\.\.$/, " since $1").replace(/ \.\.\/(\S+)$/, " until $1").replaceAll("_", " ");
}

/** An address as one reads it. */
function bare(address: string): string {
  return address.replace(/^https?:\/\//, "");
}

function identifier(text: string): HTMLElement {
  const colon = text.indexOf(":");
  const [scheme, value] = [text.slice(0, colon), text.slice(colon + 1)];
  const address = scheme === "wikidata" ? `https://www.wikidata.org/wiki/${value}` : safe(value);
  return h("div", {}, h("dt", {}, capital(scheme)), h("dd", {}, address ? outside(address, bare(value)) : value));
}

const COLUMNS: Column[] = [
  { name: "id", type: "entity", unit: "" },
  { name: "id_name", type: "string", unit: "" },
  { name: "value", type: "interval", unit: "" },
  { name: "edge", type: "edge", unit: "" },
];

/** One side: a block per power, in their order. */
function side(heading: string, none: string, some: Holding[], known: Dossier, names: Record<string, string>, over: boolean): HTMLElement {
  const blocks = POWERS.map((power) => [power, some.filter((one) => one.power === power)] as const).filter(([, of]) => of.length > 0);
  return h(
    "section",
    {},
    h("h2", {}, heading),
    blocks.length === 0 && h("p", { class: "empty" }, none),
    blocks.map(([power, of]) => block(power, of, known, names, over)),
  );
}

function block(power: string, some: Holding[], known: Dossier, names: Record<string, string>, over: boolean): HTMLElement {
  const words = `${(over ? OVER : OWN)[power] ?? power}: ${number(some.length)}`;
  const rows: Row[] = some.map((one) => ({ id: one.id, id_name: one.name, value: one.low ?? one.amount, edge: one.keys.join(" ") }));
  const full = new Map(rows.map((row, i) => [row, some[i] as Holding]));
  const shown = (part: Row[]): HTMLElement =>
    table(COLUMNS, part, {
      caption: words,
      evidence: known.evidence,
      names,
      titles: { id: "Name", value: power === "pays" ? "Amount" : "Value" },
      draw: {
        id: (row) => party(full.get(row) as Holding, known, over),
        value: (row) => value(full.get(row) as Holding),
      },
    });
  const room = h("div", {}, shown(rows.slice(0, LISTED)));
  if (rows.length > LISTED) {
    room.append(h("p", { class: "more" }, h("button", { type: "button", onclick: () => fill(room, shown(rows)) }, `Show all ${rows.length}`)));
  }
  return h("div", { class: "power-block" }, h("h3", {}, sample(power), " ", words), room);
}

/** The other end by name, under whom it is or through whom it is held, and why. */
function party(one: Holding, known: Dossier, over: boolean): Child {
  const beside = over ? one.owner_name && one.owner && ["under ", entityLink(one.owner, one.owner_name)] : one.party !== known.id && ["through ", entityLink(one.party, one.holder)];
  return [entityLink(one.id, one.name), beside && h("small", { class: "beside" }, beside), one.reason && h("small", { class: "beside" }, one.reason)];
}

function value(one: Holding): Child {
  if (one.power === "pays") return one.amount === null ? h("span", { class: "quiet" }, "not stated") : money(one.amount);
  return one.power === "binds" && one.low === 1 ? h("span", { class: "quiet" }, "in full") : intervalBar(one.low, one.high);
}

/** The questions that can be asked of this kind, and other ways on. */
async function further(known: Dossier): Promise<HTMLElement> {
  const asked = await questions().catch(() => []);
  const fitting = asked.flatMap((q) => {
    const parameter = q.parameters.find((p) => p.type === "entity" && (p.kinds.length === 0 || p.kinds.includes(known.kind)));
    return parameter ? [h("li", {}, h("a", { href: to(`/questions/${q.name}`, { [parameter.name]: known.id }) }, q.summary))] : [];
  });
  return h(
    "section",
    { class: "further" },
    h("h2", {}, "Ask on"),
    h("ul", { class: "plain-list" },
      h("li", {}, h("a", { href: to("/paths", { from: known.id }) }, "Control paths from here")),
      h("li", {}, h("a", { href: to("/paths", { to: known.id }) }, "Control paths to here")),
      fitting,
      h("li", {}, h("a", { href: to("/changes", { around: known.id }) }, "What changed around it")),
      h("li", {}, h("a", { href: apiAddress("export", { format: "graphml", around: known.id, hops: 1 }), download: "" }, "What lies around it, as GraphML")),
    ),
  );
}

/** Statements by relation and direction; the powers that are computed from them stand in the tables above. */
function statements(known: Dossier, names: Record<string, string>): HTMLElement {
  const groups = new Map<string, Statement[]>();
  for (const one of known.statements) {
    const key = `${one.relation} ${one.direction}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return h(
    "section",
    { class: "statements" },
    h("h2", {}, "Statements"),
    groups.size === 0 && h("p", { class: "empty" }, "No statements are recorded at this date."),
    [...groups.values()].map((some) => group(some, known, names)),
  );
}

function group(some: Statement[], known: Dossier, names: Record<string, string>): HTMLElement {
  const first = some[0] as Statement;
  const relation = words(first.relation);
  const own = nameOf(known.id, names);
  const label = first.direction === "out" ? [h("span", {}, own), " ", h("em", {}, relation)] : ["… ", h("em", {}, relation), " ", h("span", {}, own)];
  const list = h("ul", { class: "statement-list" });
  const draw = (): void => fill(list, some.map((s) => statement(s, names)));
  const block = h("details", { class: "statement-group", ontoggle: () => list.childElementCount === 0 && draw() }, h("summary", {}, label, h("span", { class: "quiet count" }, ` ${some.length}`)), list);
  if (some.length <= OPEN) {
    draw();
    block.open = true;
  }
  return block;
}

function statement(one: Statement, names: Record<string, string>): HTMLElement {
  const properties = Object.entries(one.properties).filter(([, v]) => v !== null);
  return h(
    "li",
    {},
    h("p", { class: "statement-head" }, entityLink(one.other, nameOf(one.other, names)), properties.length > 0 && h("span", { class: "properties" }, properties.map(([n, v]) => property(n, v)))),
    proof(one.evidence),
  );
}

function property(name: string, value: Cell): Child {
  return h("span", {}, `${words(name)} ${typeof value === "number" && /amount|cost/.test(name) ? number(value) : cell(value)}`);
}

function sources(known: Dossier): HTMLElement | string {
  if (known.said.length === 0) return "";
  const skip = new Set(["key", "rank", "loader", "identifiers"]);
  return h(
    "section",
    {},
    h("h2", {}, "What each source says of it"),
    h("ul", { class: "statement-list" }, known.said.map((one) =>
      h("li", {},
        h("p", { class: "statement-head" }, h("b", {}, String(one["name"] ?? known.id))),
        h("p", { class: "facts" },
          typeof one["url"] === "string" && h("span", {}, outside(one["url"])),
          h("span", {}, `${cell(one["partition"])} · ${cell(one["at"])}`),
          typeof one["recorded_at"] === "string" && h("span", {}, `recorded ${date(one["recorded_at"])}`),
          Object.entries(one).filter(([n]) => !skip.has(n) && !["name", "id", "url", "at", "partition", "recorded_at"].includes(n)).map(([n, v]) => h("span", {}, `${words(n)} ${cell(v)}`)),
        )))),
  );
}

/** The strongest of each power on either side, drawn. */
async function neighbourhood(room: HTMLElement, known: Dossier, name: string, powers: Record<string, string>, place: Place): Promise<void> {
  const [above, below] = [firstOf(known.holders), firstOf(known.holdings)];
  if (above.length + below.length === 0) return;
  const { showPicture } = await import("../picture");
  const nodes = new Map([[known.id, { id: known.id, name, kind: known.kind }]]);
  const edges: PictureEdge[] = [];
  const add = (one: Holding, incoming: boolean): void => {
    const other = incoming && one.name !== known.names?.[one.id] ? `${one.id} ${one.name}` : one.id;
    if (other === known.id || (!incoming && above.some((a) => a.id === one.id))) return;
    nodes.set(other, { id: other, name: one.name, kind: one.kind });
    const [source, target] = incoming ? [other, known.id] : [known.id, other];
    edges.push({ source, target, key: `${source} ${target} ${one.power}`, label: one.label, power: one.power, low: one.low, high: one.high });
  };
  for (const one of above) add(one, true);
  for (const one of below) add(one, false);
  const all = known.holders.length + known.holdings.length;
  const drawn = all > edges.length ? `${edges.length} of ${all} powers` : "All powers";
  await showPicture(room, layered([...nodes.values()], edges), {
    title: `${name}: who holds it, and what it holds`,
    stem: known.id.replace("/", "-"),
    ends: [known.id],
    legend: [h("span", { class: "power-key" }, `${drawn}, the strongest of each.`), legend(edges.map((e) => e.power ?? ""), powers)],
    signal: place.signal,
    graphml: apiAddress("export", { format: "graphml", around: known.id, hops: 1 }),
  });
}

/** The first of each power, as many as there is room for: of each as many, and what one leaves goes to the first. */
function firstOf(some: Holding[]): Holding[] {
  const left = POWERS.map((power) => some.filter((one) => one.power === power));
  const taken: Holding[][] = left.map(() => []);
  for (let room = Math.min(DRAWN, some.length); room > 0; ) {
    for (const [i, of] of left.entries()) {
      const next = room > 0 && of.shift();
      if (!next) continue;
      taken[i]?.push(next);
      room -= 1;
    }
  }
  return taken.flat();
}
