/** What stands behind a statement: what was stated, for when, how sure, and where it was read. */

import { entityAddress } from "./address";
import { h, type Child } from "./dom";
import { date, host, nameOf, number, safe, words } from "./format";
import type { Evidence } from "./types";

/** From here on a row was checked against the page that it cites. */
const VERIFIED = 0.97;

/** A link to an entity's page. */
export function entityLink(id: string, name: string): HTMLAnchorElement {
  return h("a", { href: entityAddress(id), class: "entity" }, name);
}

/** A link to another host, opened by the reader only. */
export function outside(address: string, text = host(address)): Child {
  const checked = safe(address);
  return checked ? h("a", { href: checked, rel: "noreferrer noopener external", target: "_blank", class: "outside" }, text) : text;
}

/** The statement in one line: who, relation, whom. */
export function sentence(said: Evidence, names: Record<string, string>): HTMLElement {
  return h(
    "p",
    { class: "sentence" },
    entityLink(said.source, nameOf(said.source, names)),
    h("span", { class: "relation" }, words(said.relation)),
    entityLink(said.target, nameOf(said.target, names)),
  );
}

/** Everything behind it. */
export function proof(said: Partial<Evidence>): HTMLElement {
  if (said.confidence === undefined) return h("p", { class: "proof quiet" }, "No evidence is stored for this.");
  return h(
    "div",
    { class: "proof" },
    said.stated && h("p", { class: "stated" }, "“", said.stated, "”"),
    said.note && h("p", { class: "note" }, said.note),
    h("p", { class: "facts" }, period(said), sureness(said), whole(said)),
    h("p", { class: "facts" }, sources(said)),
  );
}

function period(said: Partial<Evidence>): Child {
  const from = date(said.valid_from, said.valid_from_precision);
  const until = date(said.valid_to, said.valid_to_precision);
  if (!from && !until) return h("span", {}, "no dates stated");
  if (from && until) return h("span", {}, `from ${from} until ${until}`);
  return h("span", {}, from ? `since ${from}` : `until ${until}`);
}

/** Whether a statement of that confidence was checked, and the figure. */
export function surety(confidence: number): HTMLElement {
  const checked = confidence >= VERIFIED ? "verified" : "unverified";
  return h("span", { class: checked }, `${checked}, confidence ${number(confidence)}`);
}

function sureness(said: Partial<Evidence>): Child {
  return [
    surety(said.confidence ?? 0),
    said.method && said.method !== "asserted" && h("span", {}, said.method),
    said.status && said.status !== "current" && h("span", { class: "warning" }, said.status),
  ];
}

function whole(said: Partial<Evidence>): Child {
  return said.complete === false && h("span", { class: "warning" }, "source not read in full");
}

function sources(said: Partial<Evidence>): Child {
  const addresses = said.url ? [said.url] : (said.urls ?? []);
  return [
    ...addresses.map((address) => h("span", {}, outside(address))),
    addresses.length === 0 && h("span", {}, "computed"),
    said.at && h("span", {}, [said.partition, said.at].filter(Boolean).join(" · ")),
    said.licence && h("span", {}, said.licence),
  ];
}
