/** The list of canned questions, by who asks them. */

import { questions } from "../api";
import { to } from "../address";
import { fill, h, prose } from "../dom";
import { asker } from "../format";
import type { Place } from "../router";
import type { Question } from "../types";

/** All questions; the tag in the address narrows them. */
export async function view(main: HTMLElement, place: Place): Promise<void> {
  const all = await questions();
  const wanted = place.url.searchParams.get("for") ?? "";
  const tags = [...new Set(all.flatMap((q) => q.tags))].sort();
  const shown = all.filter((q) => !wanted || q.tags.includes(wanted));
  fill(
    main,
    h("h1", {}, "Questions"),
    h("p", { class: "lead-small" }, "Each is one text in Cypher and one in SPARQL, tested to give the same rows; some are computed on demand."),
    h("nav", { class: "tags", "aria-label": "Who asks" },
      h("a", { href: to("/questions"), "aria-current": wanted ? null : "true" }, "everybody"),
      tags.map((tag) => h("a", { href: to("/questions", { for: tag }), "aria-current": tag === wanted ? "true" : null }, asker(tag)))),
    h("ol", { class: "question-list" }, shown.map(item)),
  );
}

function item(question: Question): HTMLElement {
  return h(
    "li",
    {},
    h("a", { href: question.name === "paths" ? to("/paths") : to(`/questions/${question.name}`), class: "question-link" }, question.summary),
    h("p", { class: "quiet" }, prose(question.description)),
    h("p", { class: "question-tags" }, question.id && h("span", {}, question.id), question.tags.map((t) => h("span", {}, asker(t))), question.computed && h("span", {}, "computed")),
  );
}
