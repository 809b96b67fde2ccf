/** Audit: drop a requirements file, lock file, pip report or bill of materials. */

import { post } from "../api";
import { to } from "../address";
import { fill, h, type Child } from "../dom";
import { downloads, save, csv } from "../download";
import { entityLink } from "../evidence";
import { capital, interval, many, number, words } from "../format";
import { failure, title, type Place } from "../router";
import { table } from "../table";
import { warnings } from "../result";
import type { Audit, AuditedFramework, AuditedPackage, Column, Decider, Row, Running, Squeezer, Upkeep } from "../types";

const MOST_BYTES = 10 * 1024 * 1024;
const SHARED_LETTERS = 4000;
/** What stands for a version that the file does not state. */
const UNSTATED = "0";
const EXAMPLE = "torch\ntransformers\naccelerate\nvllm\njax[cuda12]\n";

/** A place to drop a file or to write one; a short text is kept in the address after the #, which is never sent. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const result = h("div", { class: "result" });
  const text = h("textarea", { id: "audit-text", rows: 7, spellcheck: "false", placeholder: EXAMPLE });
  const run = (name: string, body: string | Blob): Promise<void> => audit(name, body, result, place);
  const write = (): void => {
    const written = text.value || EXAMPLE;
    text.value = written;
    keep("requirements.txt", written, place);
    void run("requirements.txt", written);
  };
  fill(
    main,
    h("h1", {}, "Audit your stack"),
    h("p", { class: "lead-small" }, "Who decides on what your application is made of, who can squeeze it, what it rests on, and what binds it? The file is read by this server and not kept."),
    h("div", { class: "audit-inputs" },
      dropZone(async (file) => {
        if (file.size > MOST_BYTES) return void fill(result, h("p", { class: "caution", role: "alert" }, `${file.name} is larger than 10 MB.`));
        if (file.size <= SHARED_LETTERS) keep(file.name, await file.text(), place);
        else place.replace(to("/audit"));
        void run(file.name, file);
      }),
      h("div", { class: "audit-text" },
        h("label", { for: "audit-text" }, "Or write requirements here"),
        text,
        h("button", { type: "button", class: "primary", onclick: write }, "Audit"))),
    result,
  );
  const shared = new URLSearchParams(place.url.hash.slice(1));
  const kept = shared.get("text");
  if (!kept) return;
  const name = shared.get("name") ?? "requirements.txt";
  if (name === "requirements.txt") text.value = kept;
  await run(name, kept);
}

function keep(name: string, text: string, place: Place): void {
  const shared = text.length <= SHARED_LETTERS ? `#${new URLSearchParams({ name, text })}` : "";
  place.replace(to("/audit") + shared);
}

function dropZone(take: (file: File) => Promise<void>): HTMLElement {
  const input = h("input", { type: "file", id: "audit-file", class: "hidden-input", accept: ".txt,.in,.toml,.lock,.json,.xml,.spdx,.yaml,.yml,.rdf" });
  const zone = h(
    "div",
    { class: "drop" },
    h("p", { class: "drop-title" }, "Drop a file here"),
    h("p", { class: "quiet" }, "requirements.txt, uv.lock, poetry.lock, pylock.toml, a pip report, CycloneDX or SPDX; up to 10 MB"),
    input,
    h("label", { for: "audit-file", class: "button" }, "Choose a file"),
  );
  input.addEventListener("change", () => input.files?.[0] && void take(input.files[0]));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (file) void take(file);
  });
  return zone;
}

async function audit(name: string, body: string | Blob, room: HTMLElement, place: Place): Promise<void> {
  fill(room, h("p", { class: "loading", role: "status" }, `Reading ${name} …`));
  try {
    const found = await post<Audit>("audit", { name }, body, place.signal);
    if (place.signal.aborted) return;
    title(`Audit of ${name}`);
    show(room, name, found);
  } catch (error) {
    if (!place.signal.aborted) fill(room, failure(error));
  }
}

function show(room: HTMLElement, name: string, found: Audit): void {
  const rows = found.packages.map(packageRow);
  fill(
    room,
    h("div", { class: "result-head" },
      h("p", { class: "result-count", role: "status" }, `${name}: ${contents(found)}, as of ${found.as_of}`),
      downloads([
        ["CSV", () => save("audit-packages.csv", csv(PACKAGE_COLUMNS, rows), "text/csv")],
        ["JSON", () => save("audit.json", JSON.stringify(found, null, 1), "application/json")],
      ])),
    warnings(found),
    found.headline.length > 0 && h("div", { class: "audit-short" }, found.headline.map((sentence) => h("p", {}, sentence))),
    found.notes.map((note) => h("p", { class: "quiet" }, `${capital(note)}.`)),
    part("Who decides on it", deciders(found)),
    part("What can be squeezed", squeezers(found)),
    part("What it rests on", upkeep(found)),
    part("What binds it", bonds(found)),
    found.models.length > 0 && part("Models and data sets", models(found)),
    part("Where all of it can run", running(found.running)),
    found.frameworks.length > 0 && part("Who can change the terms", frameworks(found)),
    found.findings.length > 0 && part("Findings", findings(found)),
    part("Who publishes its packages", publishers(found)),
    part("Packages", packages(rows)),
    found.unknown.length > 0 && part("What is not known", h("ul", {}, found.unknown.map((u) => h("li", {}, capital(u))))),
    found.refused.length > 0 && part("Left out", refused(found.refused)),
  );
}

function part(heading: string, ...children: Child[]): HTMLElement {
  return h("section", {}, h("h2", {}, heading), children);
}

function contents(found: Audit): string {
  const sets = found.models.filter((m) => m.kind === "Dataset").length;
  const parts = [many(found.packages.length, "package"), found.models.length > sets && many(found.models.length - sets, "model"), sets > 0 && many(sets, "data set")];
  return parts.filter(Boolean).join(", ");
}

function column(name: string, type = "string", unit = ""): Column {
  return { name, type, unit };
}

/** A party by name, and under whom it is. */
function party(one: { id: string; name: string; owner: string | null; owner_name: string | null }): Child {
  return [entityLink(one.id, one.name), one.owner && one.owner_name && h("small", { class: "beside" }, "under ", entityLink(one.owner, one.owner_name))];
}

/** Some names, and how many more. */
function some(names: string[], most = 4): string {
  return names.length > most ? `${names.slice(0, most).join(", ")} and ${number(names.length - most)} more` : names.join(", ");
}

function deciders(found: Audit): Child {
  const total = found.packages.length + found.models.length;
  const full = new Map<string, Decider>(found.deciders.map((d) => [d.id, d]));
  const of = (row: Row): Decider => full.get(String(row["party"])) as Decider;
  const rows: Row[] = found.deciders.map((d) => ({ place: `${d.rank}${d.tied ? "=" : ""}`, party: d.id, decides_alone: d.surely.length, not_open: d.proprietary, on_what: d.name, edge: d.keys.join(" ") }));
  const unsure = found.deciders_unsure;
  return [
    rows.length === 0
      ? h("p", { class: "empty" }, "Nobody is known to decide on any of it.")
      : table([column("place"), column("party", "entity"), column("decides_alone", "interval", `of ${number(total)}`), column("not_open", "integer"), column("on_what"), column("edge", "edge")], rows, {
          caption: "Who decides on it",
          evidence: found.evidence,
          draw: {
            party: (row) => party(of(row)),
            decides_alone: (row) => countBar(of(row).surely.length, Math.max(of(row).at_most, of(row).surely.length), total),
            on_what: (row) => some(of(row).shares.filter((s) => s.low > 0).map((s) => `${s.name} ${interval(s.low, s.high)}`)),
          },
        }),
    unsure > 0 && h("p", { class: "quiet" }, `${many(unsure, "more party", "more parties")} could have a part, of which nothing is sure.`),
    h("p", { class: "quiet" }, "Dark: packages on which it surely decides alone; pale: on which it could, given what is not known."),
  ];
}

/** How many of all, for sure and at most. */
function countBar(known: number, most: number, total: number): HTMLElement {
  const wide = (value: number): string => `${total > 0 ? (100 * value) / total : 0}%`;
  return h("span", { class: "interval" }, h("span", { class: "interval-track", "aria-hidden": "true" }, h("span", { class: "interval-reach", style: { width: wide(most) } }), h("span", { class: "interval-known", style: { width: wide(known) } })), h("span", { class: "interval-words" }, most > known ? `${number(known)}, at most ${number(most)}` : number(known)));
}

function squeezers(found: Audit): Child {
  const full = new Map(found.squeezers.map((s) => [s.id, s]));
  const rows: Row[] = found.squeezers.map((s) => ({ party: s.id, squeeze_low: s.low, squeeze_high: s.high, hits: s.packages.length, why: s.name, edge: s.keys.join(" ") }));
  return [
    rows.length === 0
      ? h("p", { class: "empty" }, "Nobody is known to be able to make it worse alone.")
      : table([column("party", "entity"), column("squeeze_low", "double", "0 to 1, known"), column("squeeze_high", "double", "0 to 1, at most"), column("hits", "integer", "packages"), column("why"), column("edge", "edge")], rows, {
          caption: "What can be squeezed",
          evidence: found.evidence,
          draw: {
            party: (row) => party(full.get(String(row["party"])) as Squeezer),
            why: (row) => (full.get(String(row["party"])) as Squeezer).reasons.map((r) => h("p", { class: "because" }, capital(r), ".")),
          },
        }),
    found.pairs.length > 0 && h("p", {}, `Two together leave no way that is known, while either alone leaves one: ${some(found.pairs.map((p) => p.names.join(" and ")))}.`),
    rows.length > 0 && h("p", { class: "quiet" }, "1: nothing is left without what it alone provides; 0: another way does as well."),
  ];
}

function upkeep(found: Audit): Child {
  if (found.rests_on.length === 0) return h("p", { class: "empty" }, "No framework behind its packages is known.");
  const bounds = (pair: [number, number] | null): Child => (pair ? (pair[0] === pair[1] ? number(pair[0]) : `${number(pair[0])}–${number(pair[1])}`) : h("span", { class: "quiet" }, "?"));
  const full = new Map(found.rests_on.map((u) => [u.framework, u]));
  const of = (row: Row): Upkeep => full.get(String(row["framework"])) as Upkeep;
  const rows: Row[] = found.rests_on.map((u) => ({ framework: u.framework, packages: u.packages.length, support: u.support, elephant_factor: u.elephant?.[0] ?? null, bus_factor: u.bus?.[0] ?? null, does_most: u.leader, work_counted: u.coverage, edge: u.keys.join(" ") }));
  return [
    table([column("framework", "entity"), column("packages", "integer"), column("support"), column("elephant_factor", "interval"), column("bus_factor", "interval"), column("does_most"), column("work_counted", "interval"), column("edge", "edge")], rows, {
      caption: "What it rests on",
      evidence: found.evidence,
      draw: {
        framework: (row) => entityLink(of(row).framework, of(row).name),
        support: (row) => (of(row).support ? `${words(of(row).support ?? "")}${of(row).support_since ? ` since ${(of(row).support_since ?? "").slice(0, 7)}` : ""}` : h("span", { class: "quiet" }, "?")),
        elephant_factor: (row) => bounds(of(row).elephant),
        bus_factor: (row) => bounds(of(row).bus),
        does_most: (row) => leader(of(row)),
        work_counted: (row) => counted(of(row)),
      },
    }),
    h("p", { class: "quiet" }, "What nobody can withhold must still be kept up. Elephant factor: employers that together do half of the work; bus factor: persons that do. Both as the interval that what is not known leaves."),
  ];
}

function leader(one: Upkeep): Child {
  if (!one.leader || !one.leader_share) return h("span", { class: "quiet" }, one.coverage === null ? "?" : "not sure");
  const [low, high] = one.leader_share.map((v) => Math.round(100 * v));
  return `${one.leader} ${low === high ? low : `${low}–${high}`} %`;
}

function counted(one: Upkeep): Child {
  if (one.coverage === null) return h("span", { class: "quiet" }, "no");
  const quantity = one.total ? `${number(one.total)} commits` : "shares";
  return `${quantity}${one.window === "all" ? "" : ` in ${one.window}`}, employer of ${Math.round(100 * one.coverage)} % known`;
}

function bonds(found: Audit): Child {
  if (found.bound_by.length === 0) return h("p", { class: "empty" }, "No licence but permissive ones, and no law that is known.");
  const rows: Row[] = found.bound_by.map((b) => ({ licence_or_law: b.name, terms: b.terms || b.kind, limits: b.restrictions.map((r) => words(r)), binds: b.things.length, what: `${b.bearer ? `${b.bearer}: ` : ""}${some(b.things)}`, edge: b.keys.join(" ") || null }));
  return table([column("licence_or_law"), column("terms"), column("limits"), column("binds", "integer"), column("what"), column("edge", "edge")], rows, { caption: "What binds it", evidence: found.evidence });
}

function models(found: Audit): HTMLElement {
  const full = new Map(found.models.map((m) => [m.name, m]));
  const rows: Row[] = found.models.map((m) => ({ name: m.name, sort: m.kind === "Model" ? "model" : "data set", made_by: m.makers, decides: m.decider, terms: m.licences, limits: m.restrictions.map((r) => words(r)), learned_from: m.trained_on, recognised_by: m.evidence || "not in the graph", edge: m.keys.join(" ") }));
  const draw = {
    name: (row: Row) => {
      const one = full.get(String(row["name"]));
      return one?.entity ? entityLink(one.entity, one.name) : String(row["name"]);
    },
  };
  return table(["name", "sort", "made_by", "decides", "terms", "limits", "learned_from", "recognised_by"].map((n) => column(n)).concat(column("edge", "edge")), rows, { caption: "Models and data sets", evidence: found.evidence, draw });
}

function running(one: Running): Child {
  if (one.stated.length === 0) return h("p", { class: "empty" }, "None of its frameworks says where it runs.");
  if (one.chips.length === 0) return h("p", { class: "empty" }, `No chip is stated for all of ${some(one.stated)}.`);
  const rows: Row[] = one.chips.map((c) => ({ chip: c.id, chip_name: c.name, sort: c.category, made_by: c.makers, lowest_tier: c.tier, offered_by: c.clouds }));
  return [
    h("p", {}, `${many(one.chips.length, "sort")} of chips of ${many(one.makers.length, "maker")}: ${some(one.makers, 6)}.`,
      one.narrowed_by.length > 0 && ` Narrowed to one maker by ${some(one.narrowed_by)}${one.makers_without.length > 0 ? `; without, ${some(one.makers_without)}` : ""}.`,
      one.sole_operator && ` All these chips are offered by ${one.sole_operator} alone, as is stated.`),
    table([column("chip", "entity"), column("chip_name"), column("sort"), column("made_by"), column("lowest_tier"), column("offered_by")], rows, { caption: "Chips on which all of it runs", draw: { offered_by: (row) => shortList(row["offered_by"] as string[]) } }),
  ];
}

function frameworks(found: Audit): Child {
  const full = new Map(found.frameworks.map((f) => [f.id, f]));
  const of = (row: Row): AuditedFramework => full.get(String(row["framework"])) as AuditedFramework;
  const rows: Row[] = found.frameworks.map((f) => ({ framework: f.id, packages: f.packages.length, licences: f.licences, governed_by: f.governors.map(([n]) => n), decides_alone: f.decider, can_relicense_alone: f.relicensors, edge: f.keys.join(" ") }));
  return table([column("framework", "entity"), column("packages", "integer"), column("licences"), column("governed_by"), column("decides_alone"), column("can_relicense_alone"), column("edge", "edge")], rows, {
    caption: "Frameworks behind the packages",
    evidence: found.evidence,
    draw: {
      framework: (row) => entityLink(of(row).id, of(row).name),
      governed_by: (row) => h("ul", { class: "cell-list" }, of(row).governors.map(([name, rights]) => h("li", {}, name, h("small", { class: "quiet" }, ` ${rights.length < 6 ? rights.join(", ") : "all rights"}`)))),
    },
  });
}

function findings(found: Audit): HTMLElement {
  const rows: Row[] = found.findings.map((f) => ({ rule: words(f.rule), finding: f.message, packages: some(f.packages) }));
  return table([column("rule"), column("finding"), column("packages")], rows, { caption: "Findings" });
}

const PACKAGE_COLUMNS: Column[] = [
  column("package"),
  column("version"),
  column("requested", "boolean"),
  column("framework", "entity"),
  column("framework_name"),
  column("decides_alone"),
  column("publisher", "entity"),
  column("publisher_name"),
  column("publisher_sort"),
  column("sign"),
  column("licences"),
  column("proprietary", "boolean"),
];

function packageRow(one: AuditedPackage): Row {
  return { package: one.name, version: one.version === UNSTATED ? null : one.version, requested: one.requested, framework: one.framework, framework_name: one.framework_name, decides_alone: one.decider, publisher: one.publisher, publisher_name: one.publisher_name, publisher_sort: one.publisher_sort, sign: one.sign, licences: one.licences, proprietary: one.proprietary };
}

function packages(rows: Row[]): HTMLElement {
  return table(PACKAGE_COLUMNS, rows, {
    caption: "Packages",
    draw: {
      publisher: (row) => {
        const [id, name] = [row["publisher"], row["publisher_name"]];
        if (!name) return unnamed(row["publisher_sort"]);
        return id ? entityLink(String(id), String(name)) : String(name);
      },
    },
  });
}

function unnamed(sort: unknown): HTMLElement {
  return h("span", { class: "quiet" }, sort === "individual" ? "individuals or small projects, not named" : "not known");
}

function publishers(found: Audit): Child {
  if (!found.publishers.some((p) => p.sort !== null)) return h("p", { class: "empty" }, "This file does not say who publishes its packages. A pip report or a bill of materials does.");
  const columns = [column("publisher"), column("sort"), column("packages", "interval"), ...["proprietary", "open", "licence_unknown"].map((n) => column(n, "integer", "packages"))];
  return table(columns, found.publishers, {
    caption: "Publishers",
    draw: {
      publisher: (row) => (row["publisher"] ? String(row["publisher"]) : unnamed(row["sort"])),
      packages: (row) => countBar(Number(row["packages"]), Number(row["packages"]), found.packages.length),
    },
  });
}

function shortList(names: string[]): Child {
  if (names.length === 0) return h("span", { class: "quiet" }, "–");
  if (names.length <= 3) return names.join(", ");
  return h("details", { class: "in-cell" }, h("summary", {}, many(names.length, "name")), names.join(", "));
}

function refused(rows: Audit["refused"]): HTMLElement {
  return h("ul", { class: "plain-list" }, rows.map(([at, field, reason]) => h("li", {}, h("code", {}, at), ` ${field}: ${reason}`)));
}
