/** Audit: drop a requirements file, lock file, pip report or bill of materials. */

import { post } from "../api";
import { to } from "../address";
import { fill, h, type Child } from "../dom";
import { downloads, save, csv } from "../download";
import { entityLink } from "../evidence";
import { many, number } from "../format";
import { failure, title, type Place } from "../router";
import { table } from "../table";
import { warnings } from "../result";
import type { Audit, AuditedFramework, AuditedPackage, Column, Row } from "../types";

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
    h("p", { class: "lead-small" }, "Who publishes, governs, owns and runs what your application is made of? The file is read by this server and not kept."),
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
  const asked = found.packages.filter((p) => p.requested).map((p) => p.name);
  const first = found.publishers.find((p) => p.publisher !== null);
  const rows = found.packages.map(packageRow);
  fill(
    room,
    h("div", { class: "result-head" },
      h("p", { class: "result-count", role: "status" }, `${name}: ${many(found.packages.length, "package")}`, asked.length > 0 && asked.length <= 6 && asked.length < found.packages.length ? `, asked for: ${asked.join(", ")}` : "", `, as of ${found.as_of}`),
      downloads([
        ["CSV", () => save("audit-packages.csv", csv(PACKAGE_COLUMNS, rows), "text/csv")],
        ["JSON", () => save("audit.json", JSON.stringify(found, null, 1), "application/json")],
      ])),
    warnings(found),
    first && first.packages > 1 && h("p", { class: "headline" }, `${first.publisher} publishes ${number(first.packages)} of the ${number(found.packages.length)}`, first.proprietary > 0 ? `, ${number(first.proprietary)} of them under a proprietary licence.` : "."),
    h("section", {}, h("h2", {}, "Who publishes"), first ? publishers(found) : h("p", { class: "empty" }, "This file does not say who publishes its packages. A pip report or a bill of materials does.")),
    found.frameworks.length > 0 && h("section", {}, h("h2", {}, "Who can change the terms"), frameworks(found.frameworks), h("p", { class: "quiet" }, "What is empty is not known. The page of each framework shows the statements behind its row, each with source, date and confidence.")),
    h("section", {}, h("h2", {}, "Packages"), packages(rows)),
    found.refused.length > 0 && refused(found.refused),
  );
}

const PACKAGE_COLUMNS: Column[] = [
  { name: "package", type: "string", unit: "" },
  { name: "version", type: "string", unit: "" },
  { name: "requested", type: "boolean", unit: "" },
  { name: "framework", type: "entity", unit: "" },
  { name: "publisher", type: "entity", unit: "" },
  { name: "publisher_name", type: "string", unit: "" },
  { name: "confidence", type: "double", unit: "" },
  { name: "licences", type: "string", unit: "" },
  { name: "proprietary", type: "boolean", unit: "" },
  { name: "evidence", type: "string", unit: "why this publisher" },
];

function packageRow(one: AuditedPackage): Row {
  const { name, version, ...rest } = one;
  return { ...rest, package: name, version: version === UNSTATED ? null : version };
}

function packages(rows: Row[]): HTMLElement {
  return table(PACKAGE_COLUMNS, rows, {
    caption: "Packages",
    draw: {
      publisher: (row) => {
        const [id, name] = [row["publisher"], row["publisher_name"]];
        if (!name) return h("span", { class: "quiet" }, "unknown");
        return id ? entityLink(String(id), String(name)) : String(name);
      },
      framework: (row) => (row["framework"] ? entityLink(String(row["framework"]), String(row["framework"]).replace(/^[^/]*\//, "")) : h("span", { class: "quiet" }, "–")),
    },
  });
}

function publishers(found: Audit): HTMLElement {
  const columns: Column[] = [
    { name: "publisher", type: "string", unit: "" },
    { name: "packages", type: "integer", unit: "" },
    { name: "share", type: "double", unit: "of all packages" },
    { name: "proprietary", type: "integer", unit: "packages" },
    { name: "open", type: "integer", unit: "packages" },
    { name: "licence_unknown", type: "integer", unit: "packages" },
  ];
  const rows: Row[] = found.publishers.map((p) => ({ ...p, share: p.packages / found.packages.length }));
  return table(columns, rows, { caption: "Publishers", draw: { publisher: (row) => (row["publisher"] ? String(row["publisher"]) : h("span", { class: "quiet" }, "unknown")), share: (row) => share(Number(row["share"])) } });
}

function share(value: number): Child {
  return h("span", { class: "interval" }, h("span", { class: "interval-track", "aria-hidden": "true" }, h("span", { class: "interval-known", style: { width: `${100 * value}%` } })), h("span", { class: "interval-words" }, `${Math.round(100 * value)} %`));
}

function frameworks(some: AuditedFramework[]): HTMLElement {
  const names = ["framework", "packages", "licences", "governed_by", "owners", "can_relicense_alone", "chip_makers", "cloud_operators"];
  const columns = names.map((name): Column => ({ name, type: name === "packages" ? "integer" : "string", unit: "" }));
  const rows = some.map((f): Row => ({ framework: f.id, framework_label: f.name, packages: f.packages.length, licences: f.licences, governed_by: f.governors.map(([n]) => n), owners: f.owners, can_relicense_alone: f.relicensors, chip_makers: f.makers, cloud_operators: f.operators }));
  const full = new Map(some.map((f) => [f.id, f]));
  const draw = {
    framework: (row: Row) => entityLink(String(row["framework"]), String(row["framework_label"])),
    governed_by: (row: Row) => h("ul", { class: "cell-list" }, (full.get(String(row["framework"]))?.governors ?? []).map(([name, rights]) => h("li", {}, name, h("small", { class: "quiet" }, ` ${rights.join(", ")}`)))),
    chip_makers: (row: Row) => shortList(row["chip_makers"] as string[]),
    cloud_operators: (row: Row) => shortList(row["cloud_operators"] as string[]),
  };
  return table(columns, rows, { caption: "Frameworks behind the packages", draw });
}

function shortList(names: string[]): Child {
  if (names.length === 0) return h("span", { class: "quiet" }, "–");
  if (names.length <= 3) return names.join(", ");
  return h("details", { class: "in-cell" }, h("summary", {}, many(names.length, "name")), names.join(", "));
}

function refused(rows: Audit["refused"]): HTMLElement {
  return h("section", {}, h("h2", {}, "Left out"), h("ul", { class: "plain-list" }, rows.map(([at, field, reason]) => h("li", {}, h("code", {}, at), ` ${field}: ${reason}`))));
}
