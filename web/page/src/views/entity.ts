/** One entity: what it is, who controls it and how, what it controls, and every statement with its source. */

import { about, apiAddress, get, questions } from "../api";
import { to } from "../address";
import { fill, h, type Child } from "../dom";
import { channelBadge, entityLink, outside, proof, strengthBar } from "../evidence";
import { capital, cell, date, heading as label, many, nameOf, safe, words } from "../format";
import { layered } from "../layers";
import { table } from "../table";
import { title, type Place } from "../router";
import { warnings } from "../result";
import type { Cell, Column, Dossier, Evidence, PictureEdge, Row, Statement, Tie } from "../types";

const DRAWN = 6;
const OPEN = 8;
const LISTED = 25;

/** The page of an entity. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  fill(main, h("p", { class: "loading", role: "status" }, "Reading …"));
  const [known, { channels }] = await Promise.all([get<Dossier>("entity", { id: place.rest }, place.signal), about()]);
  if (place.signal.aborted) return;
  const name = String(known.values["name"] ?? known.id);
  title(name);
  const names: Record<string, string> = { ...namesOf(known), ...known.names, [known.id]: name };
  const picture = h("div", { class: "picture-room" });
  fill(
    main,
    heading(known, name),
    warnings(known),
    picture,
    h("div", { class: "two-columns" }, ties("Who controls it", "Nothing is stated that controls it.", known.controllers, known, channels, names), ties("What it controls", "Nothing is stated that it controls.", known.controls, known, channels, names)),
    await further(known),
    statements(known, names),
    said(known),
  );
  if (place.signal.aborted) return;
  await neighbourhood(picture, known, name, channels, place);
}

function namesOf(known: Dossier): Record<string, string> {
  return Object.fromEntries([...known.controllers, ...known.controls].map((t) => [t.id, t.name]));
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

const TIE_COLUMNS: Column[] = [
  { name: "id", type: "entity", unit: "" },
  { name: "id_name", type: "string", unit: "" },
  { name: "channel", type: "string", unit: "" },
  { name: "strength", type: "double", unit: "0 to 1" },
  { name: "relation", type: "string", unit: "" },
  { name: "edge", type: "edge", unit: "" },
];

function ties(heading: string, none: string, some: Tie[], known: Dossier, channels: Record<string, string>, names: Record<string, string>): HTMLElement {
  const evidence = Object.fromEntries(known.statements.map((s) => [s.key, s.evidence as Evidence]));
  const rows: Row[] = strongest(some).map((t) => ({ id: t.id, id_name: t.name, channel: t.channel, strength: t.strength, relation: t.relation, edge: t.key }));
  const shown = (part: Row[]): HTMLElement =>
    table(TIE_COLUMNS, part, {
      caption: heading,
      evidence,
      names,
      titles: { id: "Name" },
      draw: {
        channel: (row) => channelBadge(String(row["channel"]), channels),
        strength: (row) => strengthBar(row["strength"] as number | null),
        relation: (row) => h("span", { class: "date" }, words(String(row["relation"]))),
      },
    });
  const block = h("div", {}, rows.length > 0 ? shown(rows.slice(0, LISTED)) : h("p", { class: "empty" }, none));
  if (rows.length > LISTED) {
    block.append(h("p", { class: "more" }, h("button", { type: "button", onclick: () => fill(block, shown(rows)) }, `Show all ${rows.length}`)));
  }
  return h("section", {}, h("h2", {}, heading, " ", h("span", { class: "quiet count" }, many(rows.length, "tie"))), block);
}

/** Channels over which decisions run: votes, rights, structure, employment. The others squeeze, they do not decide. */
const DECIDING = "VGSL";

/** Those who decide first, and of these the strongest. */
function strongest(some: Tie[]): Tie[] {
  const squeezes = (t: Tie): number => Number(!DECIDING.includes(t.channel));
  return [...some].sort((a, b) => squeezes(a) - squeezes(b) || (b.strength ?? -1) - (a.strength ?? -1) || a.name.localeCompare(b.name));
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

/** Statements by relation and direction; what is computed from them stands in the tables above. */
function statements(known: Dossier, names: Record<string, string>): HTMLElement {
  const groups = new Map<string, Statement[]>();
  for (const one of known.statements) {
    if (one.key.startsWith("c-")) continue;
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
  return h("span", {}, `${words(name)} ${cell(value)}`);
}

function said(known: Dossier): HTMLElement | string {
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

/** The first ties on either side, drawn: those who decide, then the strongest. */
async function neighbourhood(room: HTMLElement, known: Dossier, name: string, channels: Record<string, string>, place: Place): Promise<void> {
  const [above, below] = [unlike(known.controllers, known.id), unlike(known.controls, known.id)];
  if (above.length + below.length === 0) return;
  const { controlLabel, controlLegend, showPicture } = await import("../picture");
  const nodes = new Map([[known.id, { id: known.id, name, kind: known.kind }]]);
  const edges: PictureEdge[] = [];
  const add = (tie: Tie, from: string, until: string): void => {
    nodes.set(tie.id, { id: tie.id, name: tie.name, kind: "" });
    edges.push({ source: from, target: until, key: tie.key, label: controlLabel(tie.channel, tie.strength), channel: tie.channel, strength: tie.strength });
  };
  for (const tie of above) add(tie, tie.id, known.id);
  for (const tie of below) if (!above.some((a) => a.id === tie.id)) add(tie, known.id, tie.id);
  const drawn = known.controllers.length + known.controls.length > edges.length ? `${edges.length} of ${known.controllers.length + known.controls.length} ties` : "all ties";
  await showPicture(room, layered([...nodes.values()], edges), {
    title: `${name}, ${drawn} of control`,
    stem: known.id.replace("/", "-"),
    ends: [known.id],
    legend: `${capital(drawn)}, those who decide first. ${controlLegend(edges, channels)}`,
    signal: place.signal,
    graphml: apiAddress("export", { format: "graphml", around: known.id, hops: 1 }),
  });
}

/** The strongest tie to each other entity. */
function unlike(some: Tie[], own: string): Tie[] {
  const first = new Map<string, Tie>();
  for (const tie of strongest(some)) if (tie.id !== own && !first.has(tie.id)) first.set(tie.id, tie);
  return [...first.values()].slice(0, DRAWN);
}
