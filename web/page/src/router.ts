/** Views by address, with the History API. */

import { ApiError } from "./api";
import { entityAddress, to } from "./address";
import { fill, h, type Child } from "./dom";

/** A view fills `main`; the signal ends when another view takes its place. */
export type View = (main: HTMLElement, place: Place) => Promise<void> | void;

export interface Place {
  url: URL;
  /** What the pattern's group matched. */
  rest: string;
  signal: AbortSignal;
  /** Changes the address without showing the view anew: what is seen stays shareable. */
  replace(address: string): void;
}

export interface Route {
  pattern: RegExp;
  title: string;
  load: () => Promise<{ view: View }>;
}

/** What is kept of a view that is left: how far down it was read. */
interface Left {
  top: number;
}

let routes: Route[] = [];
let main: HTMLElement;
let current = new AbortController();
let onShown: () => void = () => undefined;

/** Shows the view of the address, now and whenever it changes. */
export function start(element: HTMLElement, known: Route[], shown: () => void): void {
  main = element;
  routes = known;
  onShown = shown;
  history.scrollRestoration = "manual";
  addEventListener("scrollend", () => history.replaceState({ top: scrollY } satisfies Left, ""));
  addEventListener("popstate", ({ state }) => void show(false, (state as Left | null)?.top));
  document.addEventListener("click", clicked);
  void show(true);
}

/** Goes to an address inside the page. */
export function go(address: string): void {
  history.pushState(null, "", address);
  void show(false);
}

/** Shows the view of the address anew. */
export function again(): void {
  void show(false);
}

/** Sets the page's title. */
export function title(text: string): void {
  document.title = text ? `${text} · Stackholder` : "Stackholder: who holds your stack?";
}

function clicked(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest?.("a");
  if (!link?.href || link.target || link.hasAttribute("download")) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
  if (url.hash && url.pathname === location.pathname && url.search === location.search) return;
  event.preventDefault();
  go(url.href);
}

async function show(first: boolean, top = 0): Promise<void> {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const url = new URL(location.href);
  const route = routes.find((r) => r.pattern.test(url.pathname));
  const rest = decodeURIComponent(route?.pattern.exec(url.pathname)?.[1] ?? "");
  title(route?.title ?? "Not found");
  const place: Place = { url, rest, signal, replace: (address) => history.replaceState(history.state, "", address) };
  const room = h("div", { class: "view" });
  main.setAttribute("aria-busy", "true");
  try {
    if (!route) throw new ApiError(`There is no page ${url.pathname}`, "", "Start from the first page.", 404);
    const { view } = await route.load();
    if (signal.aborted) return;
    fill(main, room);
    onShown();
    if (!first) arrive();
    await view(room, place);
    if (top > 0 && !signal.aborted) scrollTo(0, top);
  } catch (error) {
    if (signal.aborted) return;
    if (!room.isConnected) fill(main, room);
    for (const waiting of room.querySelectorAll(".loading")) waiting.remove();
    room.append(failure(error));
    onShown();
  } finally {
    if (!signal.aborted) main.setAttribute("aria-busy", "false");
  }
}

/** A reader who followed a link starts at the top of the new view, with a screen reader too. */
function arrive(): void {
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

/** An error as the reader sees it: what, where, and what to do next. */
export function failure(error: unknown): HTMLElement {
  const known = error instanceof ApiError ? error : null;
  if (!known) console.error(error);
  const what = known ? known.message : `This view failed: ${String(error)}`;
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("p", { class: "failure-what" }, capitalised(what)),
    known?.where && h("p", { class: "quiet" }, known.where),
    known?.hint && h("p", {}, next(known.hint)),
  );
}

/** What to do next; ids that may have been meant and what the command line would look up are links. */
function next(hint: string): Child {
  const sought = /stackholder find '(.+)'$/.exec(hint)?.[1];
  if (sought) return h("a", { href: to("/search", { q: sought }) }, `Search for “${sought}”`);
  const parts = hint.startsWith("did you mean ") ? hint.split(/([a-z]+\/[^\s,?]+)/) : [hint];
  return parts.map((part, i) => (i % 2 === 1 ? h("a", { href: entityAddress(part) }, part) : i === 0 ? capitalised(part) : part));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
