/** The map itself: a drawing that moves as a picture under the hand, and is drawn anew by its painter where it rests. */

import { select } from "d3-selection";
import "d3-transition";
import { zoom, zoomIdentity, zoomTransform, type ZoomTransform } from "d3-zoom";
import { h } from "./dom";
import { namesOf, nearOf, pointsOf, radiusOf, WORLD, type Look, type Points, type Sight } from "./points";
import type { Scene, Shape } from "./scene";
import { colour, onTheme } from "./theme";
import type { OverviewMap } from "./types";

/** What is drawn beyond each side of the frame, of its width and height. */
const BEYOND = 0.3;
const EDGE = 28;
const REST = 140;
const NEARER = 60;
const STEP = 90;
const REACH = 5;
const COLOURS = 12;
/** Width of a letter, of its size. */
const LETTER = 0.54;
const SCENE = 1600;

/** A square in the colour of the n-th kind. */
export function swatch(place: number): HTMLElement {
  return h("span", { class: `swatch kind-${place % COLOURS}`, "aria-hidden": "true" });
}

export class Overview {
  readonly kinds: string[];
  readonly hidden = new Set<string>();
  chosen: string | null = null;
  onChoose: (id: string | null) => void = () => undefined;
  private readonly points: Points;
  private readonly number: Map<string, number>;
  private readonly canvas = h("canvas", { class: "map-drawing" });
  private readonly tip = h("div", { class: "map-tip", hidden: true });
  private readonly painter = new Worker(new URL("./painter.ts", import.meta.url), { type: "module" });
  private readonly zoomed = zoom<HTMLElement, unknown>().clickDistance(4);
  private colours = readColours();
  private drawn: Sight | null = null;
  private painting = false;
  private stale = false;
  private resting = 0;

  constructor(
    private readonly frame: HTMLElement,
    map: OverviewMap,
    signal: AbortSignal,
  ) {
    this.points = pointsOf(map);
    this.kinds = this.points.kinds;
    this.number = new Map(this.points.ids.map((id, i) => [id, i]));
    frame.append(this.canvas, this.tip);
    this.painter.postMessage({ points: this.points });
    this.painter.addEventListener("message", ({ data }: MessageEvent<{ bitmap: ImageBitmap; sight: Sight }>) => this.painted(data.bitmap, data.sight));
    this.zoomed.on("zoom", () => this.moved());
    select(frame).call(this.zoomed);
    frame.addEventListener("click", (event) => !event.defaultPrevented && this.choose(this.points.ids[this.under(event)] ?? null), { signal });
    frame.addEventListener("pointermove", (event) => this.hover(event), { signal });
    frame.addEventListener("pointerleave", () => (this.tip.hidden = true), { signal });
    frame.addEventListener("keydown", (event) => this.pressed(event), { signal });
    const sized = new ResizeObserver(() => this.fit());
    sized.observe(frame);
    onTheme(() => ((this.colours = readColours()), this.paint()), signal);
    signal.addEventListener("abort", () => {
      sized.disconnect();
      this.painter.terminate();
    });
  }

  /** What stands at an id; null where the map does not hold it. */
  point(id: string): { name: string; kind: string } | null {
    const i = this.number.get(id);
    return i === undefined ? null : { name: this.points.names[i] ?? id, kind: this.kinds[this.points.kind[i] ?? 0] ?? "" };
  }

  /** The number of others that lines tie it to. */
  ties(id: string): number {
    return nearOf(this.points, this.number.get(id) ?? -1).size - 1;
  }

  /** Singles a point out with its ties, or none. */
  choose(id: string | null): void {
    this.chosen = id;
    this.paint();
    this.onChoose(id);
  }

  /** Shows or hides a kind. */
  toggle(kind: string, shown: boolean): void {
    if (shown) this.hidden.delete(kind);
    else this.hidden.add(kind);
    this.paint();
  }

  zoom(by: number): void {
    this.eased().call(this.zoomed.scaleBy, by);
  }

  whole(): void {
    this.eased().call(this.zoomed.transform, this.middle());
  }

  private get at(): ZoomTransform {
    return zoomTransform(this.frame);
  }

  /** Pixels to a unit of the map where all of it is seen. */
  private get fitting(): number {
    const { clientWidth, clientHeight } = this.frame;
    return Math.max(0.05, Math.min((clientWidth - 2 * EDGE) / WORLD, (clientHeight - 2 * EDGE) / this.points.high));
  }

  private middle(): ZoomTransform {
    return zoomIdentity.translate(this.frame.clientWidth / 2, this.frame.clientHeight / 2).scale(this.fitting).translate(-WORLD / 2, -this.points.high / 2);
  }

  private eased() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return select(this.frame).transition().duration(still ? 0 : 250);
  }

  private fit(): void {
    this.zoomed.scaleExtent([this.fitting * 0.6, this.fitting * NEARER]);
    select(this.frame).call(this.zoomed.transform, this.middle());
    this.paint();
  }

  private moved(): void {
    this.tip.hidden = true;
    this.shift();
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.paint(), REST);
  }

  /** Puts the drawing where it belongs now. */
  private shift(): void {
    if (!this.drawn) return;
    const { k, x, y } = this.at;
    const larger = k / this.drawn.k;
    this.canvas.style.setProperty("transform", `translate(${x - this.drawn.x * larger}px, ${y - this.drawn.y * larger}px) scale(${larger})`);
  }

  /** Asks for a drawing of what is seen now; while one is made, the last wish waits. */
  private paint(): void {
    this.stale = this.painting;
    if (this.painting || this.frame.clientWidth === 0) return;
    this.painting = true;
    this.frame.setAttribute("aria-busy", "true");
    this.painter.postMessage({ sight: this.sight(), look: this.look() });
  }

  private sight(): Sight {
    const { k, x, y } = this.at;
    const { clientWidth, clientHeight } = this.frame;
    const [left, top] = [Math.round(clientWidth * BEYOND), Math.round(clientHeight * BEYOND)];
    return { k, x: x + left, y: y + top, width: clientWidth + 2 * left, height: clientHeight + 2 * top, whole: this.fitting, ratio: Math.min(2, devicePixelRatio) };
  }

  private painted(bitmap: ImageBitmap, sight: Sight): void {
    this.canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    this.canvas.style.setProperty("width", `${sight.width}px`);
    this.canvas.style.setProperty("height", `${sight.height}px`);
    this.drawn = { ...sight };
    this.shift();
    this.painting = false;
    if (this.stale) this.paint();
    else this.frame.setAttribute("aria-busy", "false");
  }

  private look(): Look {
    const hidden = this.kinds.flatMap((kind, i) => (this.hidden.has(kind) ? [i] : []));
    return { ...this.colours, hidden, chosen: this.number.get(this.chosen ?? "") ?? -1 };
  }

  /** The number of the point under the pointer; -1 = none. */
  private under(event: MouseEvent): number {
    const area = this.frame.getBoundingClientRect();
    const [x, y] = this.at.invert([event.clientX - area.left, event.clientY - area.top]);
    const { k } = this.at;
    const whole = this.fitting;
    let [found, nearest] = [-1, Infinity];
    for (let i = 0; i < this.points.ids.length; i += 1) {
      const away = Math.hypot((this.points.x[i] ?? 0) - x, (this.points.y[i] ?? 0) - y) * k - radiusOf(this.points, i, { k, whole });
      if (away < Math.min(nearest, REACH) && !this.hidden.has(this.kinds[this.points.kind[i] ?? 0] ?? "")) [found, nearest] = [i, away];
    }
    return found;
  }

  private hover(event: PointerEvent): void {
    if (event.buttons) return;
    const i = this.under(event);
    this.frame.classList.toggle("pointing", i >= 0);
    this.tip.hidden = i < 0;
    if (i < 0) return;
    const { k, x, y } = this.at;
    this.tip.textContent = this.points.names[i] ?? "";
    this.tip.style.setProperty("transform", `translate(${(this.points.x[i] ?? 0) * k + x}px, ${(this.points.y[i] ?? 0) * k + y}px) translate(-50%, -150%)`);
  }

  private pressed(event: KeyboardEvent): void {
    const { k } = this.at;
    const move = (x: number, y: number): void => void this.eased().call(this.zoomed.translateBy, x / k, y / k);
    const moves: Record<string, () => void> = {
      ArrowLeft: () => move(STEP, 0),
      ArrowRight: () => move(-STEP, 0),
      ArrowUp: () => move(0, STEP),
      ArrowDown: () => move(0, -STEP),
      "+": () => this.zoom(1.5),
      "-": () => this.zoom(1 / 1.5),
      "0": () => this.whole(),
      Escape: () => this.choose(null),
    };
    const act = moves[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  }

  /** The whole map as shapes; islands and the largest points carry their names. */
  scene(): Scene {
    const { points } = this;
    const look = this.look();
    const scale = (SCENE - 120) / WORLD;
    const height = Math.round(points.high * scale) + 120;
    const place = (i: number): [number, number] => [60 + (points.x[i] ?? 0) * scale, 60 + (points.y[i] ?? 0) * scale];
    const shown = points.ids.flatMap((_, i) => (look.hidden.includes(points.kind[i] ?? 0) ? [] : [i]));
    const kept = new Set(shown);
    const shapes: Shape[] = [];
    for (let n = 0; n < points.ends.length; n += 2) {
      const [a, b] = [points.ends[n] ?? 0, points.ends[n + 1] ?? 0];
      if (!kept.has(a) || !kept.has(b)) continue;
      const [[x0, y0], [x1, y1]] = [place(a), place(b)];
      shapes.push({ shape: "path", d: `M ${x0.toFixed(1)} ${y0.toFixed(1)} L ${x1.toFixed(1)} ${y1.toFixed(1)}`, stroke: points.group[a] === points.group[b] ? "#d5d2ca" : "#efede8", width: 0.6 });
    }
    const radius = (i: number): number => radiusOf(points, i, { k: scale, whole: scale });
    for (const i of [...shown].reverse()) {
      const [x, y] = place(i);
      shapes.push({ shape: "circle", x, y, radius: radius(i), fill: look.kinds[(points.kind[i] ?? 0) % look.kinds.length] ?? "#444" });
    }
    const sight: Sight = { k: scale, x: 60, y: 60, width: SCENE, height, whole: scale, ratio: 1 };
    const names = namesOf(points, sight, { ...look, chosen: -1 }, null, (text, size) => text.length * size * LETTER);
    for (const { text, x, y, size, bold } of names) shapes.push({ shape: "text", x, y, text, size, bold });
    return { width: SCENE, height, shapes, title: "Map of the graph" };
  }
}

function readColours(): Pick<Look, "kinds" | "edge" | "faint" | "ink" | "paper"> {
  return {
    kinds: Array.from({ length: COLOURS }, (_, i) => colour(`kind-${i}`)),
    edge: colour("map-edge"),
    faint: colour("map-faint"),
    ink: colour("ink"),
    paper: colour("surface"),
  };
}
