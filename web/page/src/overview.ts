/** The map itself: sigma over graphology, drawn by the graphics card. */

import Graph from "graphology";
import Sigma from "sigma";
import { h } from "./dom";
import type { Scene, Shape } from "./scene";
import { colour, onTheme } from "./theme";
import type { OverviewMap } from "./types";

const LARGEST = 13;
const LEAST = 1.6;
const FAMILY = '"Source Sans 3 Variable", sans-serif';
const SCENE = 1600;
const LABELLED = 60;
const STEP = 0.12;
/** From here on lines rest while the map moves, so that it follows the hand. */
const MANY_EDGES = 8_000;

interface Colours {
  kinds: string[];
  edge: string;
  faint: string;
  ink: string;
  paper: string;
}

/** A square in the colour of the n-th kind. */
export function swatch(place: number): HTMLElement {
  return h("span", { class: `swatch kind-${place % 12}`, "aria-hidden": "true" });
}

export class Overview {
  readonly kinds: string[];
  readonly hidden = new Set<string>();
  chosen: string | null = null;
  onChoose: (id: string | null) => void = () => undefined;
  private readonly graph = new Graph({ type: "directed", multi: true });
  private readonly sigma: Sigma;
  private colours: Colours = readColours();
  private near = new Set<string>();

  constructor(
    canvas: HTMLElement,
    map: OverviewMap,
    signal: AbortSignal,
  ) {
    this.kinds = [...new Set(map.nodes.map((n) => n.kind))].sort();
    this.fill(map);
    this.sigma = new Sigma(this.graph, canvas, this.settings());
    this.sigma.on("clickNode", ({ node }) => this.choose(node));
    this.sigma.on("clickStage", () => this.choose(null));
    this.sigma.on("enterNode", () => canvas.classList.add("pointing"));
    this.sigma.on("leaveNode", () => canvas.classList.remove("pointing"));
    canvas.addEventListener("keydown", (event) => this.pressed(event), { signal });
    onTheme(() => this.recolour(), signal);
    signal.addEventListener("abort", () => this.sigma.kill());
  }

  /** What stands at an id; null where the map does not hold it. */
  point(id: string): { name: string; kind: string } | null {
    if (!this.graph.hasNode(id)) return null;
    const { label, kind } = this.graph.getNodeAttributes(id);
    return { name: String(label), kind: String(kind) };
  }

  /** The number of its ties. */
  ties(id: string): number {
    return this.graph.degree(id);
  }

  /** Singles a point out with its ties, or none. */
  choose(id: string | null): void {
    this.chosen = id;
    this.near = new Set(id && this.graph.hasNode(id) ? [id, ...this.graph.neighbors(id)] : []);
    this.sigma.refresh({ skipIndexation: true });
    const at = id ? this.sigma.getNodeDisplayData(id) : undefined;
    if (at) void this.sigma.getCamera().animate({ x: at.x, y: at.y, ratio: Math.min(0.45, this.sigma.getCamera().ratio) }, { duration: duration() });
    this.onChoose(id);
  }

  /** Shows or hides a kind. */
  toggle(kind: string, shown: boolean): void {
    if (shown) this.hidden.delete(kind);
    else this.hidden.add(kind);
    this.sigma.refresh({ skipIndexation: true });
  }

  zoom(by: number): void {
    const camera = this.sigma.getCamera();
    void camera.animate({ ratio: camera.ratio * by }, { duration: duration() });
  }

  whole(): void {
    void this.sigma.getCamera().animatedReset({ duration: duration() });
  }

  /** The whole map as shapes; the largest points carry their names. */
  scene(): Scene {
    const nodes = this.graph.filterNodes((_, a) => !this.hidden.has(String(a["kind"])));
    const place = this.placed(nodes);
    const colours = readColours();
    const shapes: Shape[] = [];
    this.graph.forEachEdge((_, __, source, target) => {
      const [a, b] = [place.get(source), place.get(target)];
      if (a && b) shapes.push({ shape: "path", d: `M ${a.x.toFixed(1)} ${a.y.toFixed(1)} L ${b.x.toFixed(1)} ${b.y.toFixed(1)}`, stroke: "#ddd", width: 0.6 });
    });
    const sized = nodes.map((id) => ({ id, ...this.graph.getNodeAttributes(id) }) as { id: string; size: number; kind: string; label: string });
    for (const n of sized) shapes.push({ shape: "circle", ...(place.get(n.id) ?? { x: 0, y: 0 }), radius: n.size * 0.8, fill: colours.kinds[this.kinds.indexOf(n.kind) % 12] ?? "#444" });
    for (const n of sized.sort((a, b) => b.size - a.size).slice(0, LABELLED)) {
      const at = place.get(n.id) ?? { x: 0, y: 0 };
      shapes.push({ shape: "text", x: at.x + n.size + 3, y: at.y + 4, text: n.label, size: 13 });
    }
    return { width: SCENE, height: SCENE, shapes, title: "Map of the graph" };
  }

  private placed(nodes: string[]): Map<string, { x: number; y: number }> {
    const at = nodes.map((id) => ({ id, x: Number(this.graph.getNodeAttribute(id, "x")), y: Number(this.graph.getNodeAttribute(id, "y")) }));
    const [xs, ys] = [at.map((p) => p.x), at.map((p) => p.y)];
    const [left, bottom] = [least(xs), least(ys)];
    const wide = Math.max(-least(xs.map((x) => -x)) - left, -least(ys.map((y) => -y)) - bottom) || 1;
    const scale = (SCENE - 120) / wide;
    return new Map(at.map((p) => [p.id, { x: 60 + (p.x - left) * scale, y: SCENE - 60 - (p.y - bottom) * scale }]));
  }

  private fill(map: OverviewMap): void {
    const most = Math.max(1, ...map.nodes.map((n) => n.size));
    for (const n of map.nodes) {
      const size = LEAST + (LARGEST - LEAST) * Math.sqrt(Math.max(0, n.size) / most) ** 1.6;
      this.graph.mergeNode(n.id, { x: n.x, y: n.y, size, label: n.name, kind: n.kind });
    }
    for (const [from, until, channel] of map.edges) {
      const [a, b] = [map.nodes[from], map.nodes[until]];
      if (a && b) this.graph.addEdge(a.id, b.id, { size: 0.5, channel });
    }
  }

  private settings(): ConstructorParameters<typeof Sigma>[2] {
    return {
      allowInvalidContainer: true,
      labelFont: FAMILY,
      labelSize: 13,
      labelColor: { color: this.colours.ink },
      labelRenderedSizeThreshold: 7,
      labelDensity: 0.7,
      zIndex: true,
      defaultDrawNodeLabel: (pen, data, settings) => this.drawLabel(pen, data, settings.labelSize),
      hideEdgesOnMove: this.graph.size > MANY_EDGES,
      defaultDrawNodeHover: (pen, data, settings) => this.drawHover(pen, data, settings.labelSize),
      nodeReducer: (id, data) => this.node(id, data),
      edgeReducer: (id, data) => this.edge(id, data),
    };
  }

  private node(id: string, data: Record<string, unknown>): Record<string, unknown> {
    const kind = String(data["kind"]);
    const shown = { ...data, hidden: this.hidden.has(kind), color: this.colours.kinds[this.kinds.indexOf(kind) % 12] };
    if (this.near.size === 0) return shown;
    if (!this.near.has(id)) return { ...shown, color: this.colours.faint, label: "", zIndex: 0 };
    return { ...shown, zIndex: 1, forceLabel: this.near.size < 40 || id === this.chosen, highlighted: id === this.chosen };
  }

  private edge(id: string, data: Record<string, unknown>): Record<string, unknown> {
    if (this.near.size === 0) return { ...data, color: this.colours.edge };
    const beside = this.graph.hasExtremity(id, this.chosen ?? "");
    return { ...data, hidden: !beside, color: this.colours.ink, size: 0.8 };
  }

  /** A name with a rim of paper, so that it reads over points and lines. */
  private drawLabel(pen: CanvasRenderingContext2D, data: { x: number; y: number; size: number; label?: string | null }, size: number): void {
    if (!data.label) return;
    pen.font = `500 ${size}px ${FAMILY}`;
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = this.colours.paper;
    pen.fillStyle = this.colours.ink;
    pen.strokeText(data.label, data.x + data.size + 3, data.y + size / 3);
    pen.fillText(data.label, data.x + data.size + 3, data.y + size / 3);
  }

  /** The name of the point under the pointer, on a plate in the page's own colours. */
  private drawHover(pen: CanvasRenderingContext2D, data: { x: number; y: number; size: number; label?: string | null }, size: number): void {
    if (!data.label) return;
    pen.font = `600 ${size}px ${FAMILY}`;
    const width = pen.measureText(data.label).width;
    pen.fillStyle = this.colours.paper;
    pen.strokeStyle = this.colours.ink;
    pen.beginPath();
    pen.roundRect(data.x + data.size + 1, data.y - size / 2 - 6, width + 12, size + 12, 5);
    pen.fill();
    pen.stroke();
    pen.fillStyle = this.colours.ink;
    pen.fillText(data.label, data.x + data.size + 7, data.y + size / 3);
  }

  private recolour(): void {
    this.colours = readColours();
    this.sigma.setSetting("labelColor", { color: this.colours.ink });
    this.sigma.refresh({ skipIndexation: true });
  }

  private pressed(event: KeyboardEvent): void {
    const camera = this.sigma.getCamera();
    const step = STEP * camera.ratio;
    const move = (to: { x?: number; y?: number }): void => void camera.animate(to, { duration: duration() / 2 });
    const moves: Record<string, () => void> = {
      ArrowLeft: () => move({ x: camera.x - step }),
      ArrowRight: () => move({ x: camera.x + step }),
      ArrowUp: () => move({ y: camera.y + step }),
      ArrowDown: () => move({ y: camera.y - step }),
      "+": () => this.zoom(1 / 1.5),
      "-": () => this.zoom(1.5),
      "0": () => this.whole(),
      Escape: () => this.choose(null),
    };
    const act = moves[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  }
}

function least(values: number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function duration(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250;
}

function readColours(): Colours {
  return {
    kinds: Array.from({ length: 12 }, (_, i) => colour(`kind-${i}`)),
    edge: colour("map-edge"),
    faint: colour("map-faint"),
    ink: colour("ink"),
    paper: colour("surface"),
  };
}
