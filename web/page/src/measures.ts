/** What an answer says in a sentence, the numbers behind it, and what it does not know. */

import { h, type Child } from "./dom";
import { outside } from "./evidence";
import { capital, many, nameOf, number, words } from "./format";
import type { Answer, Measure } from "./types";

/** The answer in a sentence; nothing where it has none. */
export function sentence(answer: Answer): HTMLElement | string {
  return answer.summary ? h("p", { class: "result-said" }, answer.summary) : "";
}

/** The numbers behind it, each with interval, cases and coverage. */
export function measures(answer: Answer): HTMLElement | string {
  const known = answer.measures ?? [];
  if (known.length === 0) return "";
  return h("dl", { class: "measures" }, known.flatMap((m) => [h("dt", {}, capital(m.name)), h("dd", {}, ...told(m))]));
}

function told(measure: Measure): Child[] {
  const { low, high, value } = measure;
  const bounds = low === null && high === null ? "" : `${low === null ? "?" : number(low)} to ${high === null ? "?" : number(high)}`;
  const shown = value === null ? bounds || "?" : number(value) + (bounds && ` (${bounds})`);
  const beside = [
    measure.unit,
    measure.n === null ? "" : `n = ${number(measure.n)}`,
    measure.coverage === null ? "" : `coverage ${number(Math.round(measure.coverage * 100))} %`,
  ];
  return [h("strong", {}, shown), " ", h("span", { class: "quiet" }, beside.filter(Boolean).join(", "))];
}

/** What could not be known, and the weakest statement behind the answer. */
export function doubts(answer: Answer, names: Record<string, string>): HTMLElement | string {
  const { unknown = [], weakest, sources = [] } = answer;
  if (unknown.length === 0 && !weakest) return "";
  return h(
    "section",
    { class: "reading" },
    unknown.length > 0 && [h("h2", {}, "Not known"), h("ul", {}, unknown.map((u) => h("li", {}, capital(u))))],
    weakest && [
      h("h2", {}, "Weakest behind it"),
      h(
        "p",
        {},
        `${nameOf(weakest.source, names)} ${words(weakest.relation)} ${nameOf(weakest.target, names)}, confidence ${number(weakest.confidence)}. `,
        weakest.url ? outside(weakest.url) : "",
        sources.length > 1 ? ` ${many(sources.length, "source")} in all.` : "",
      ),
    ],
  );
}
