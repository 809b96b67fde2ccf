/** Small graphs drawn with Cytoscape: paths, neighbourhoods, the statements behind an answer. */

import cytoscape from "cytoscape";
import { entityAddress } from "./address";
import { downloads, save } from "./download";
import { fill, h, type Child } from "./dom";
import { arranged, labelWidth, LINE, pointAt, WIDTH, type Placed, type PlacedNode } from "./arrange";
import { COLOURS, DASHES, POWERS, thickness } from "./powers";
import { go } from "./router";
import { INK, png, svgText, type Scene, type Shape } from "./scene";
import { colour, onTheme } from "./theme";
import type { Picture, PictureEdge } from "./types";

/** The largest zoom that fitting chooses, the smallest that can be read, and the room a picture takes on the page. */
const LARGEST = 1.05;
const READABLE = 0.8;
const MARGIN = 20;
const MOST_HIGH = 680;
const FAMILY = '"Source Sans 3 Variable", sans-serif';

export interface PictureSettings {
  title: string;
  stem: string;
  /** Ids that are filled: where a path starts and ends. */
  ends?: string[];
  /** What its signs mean. */
  legend?: Child;
  signal: AbortSignal;
  graphml?: string;
}

/** A picture with its buttons. It is added to the page before it is drawn, since it takes the width it is given. */
export async function showPicture(room: HTMLElement, picture: Picture, settings: PictureSettings): Promise<void> {
  const canvas = h("div", { class: "picture-canvas", role: "group", tabindex: "0", "aria-label": `Picture: ${settings.title}` });
  const block = h("figure", { class: "picture" }, canvas);
  fill(room, block);
  await document.fonts.load('14px "Source Sans 3 Variable"');
  if (settings.signal.aborted) return;
  keepStylesAway();
  const drawn = new Drawing(canvas, picture, settings);
  block.append(
    h(
      "figcaption",
      { class: "picture-tools" },
      settings.legend ? h("p", { class: "picture-legend" }, settings.legend) : "",
      h(
        "div",
        { class: "zoom", role: "group", "aria-label": "Zoom" },
        h("button", { type: "button", class: "small", "aria-label": "Zoom in", onclick: () => drawn.zoom(1.3) }, "+"),
        h("button", { type: "button", class: "small", "aria-label": "Zoom out", onclick: () => drawn.zoom(1 / 1.3) }, "−"),
        h("button", { type: "button", class: "small", onclick: () => drawn.whole() }, "Whole"),
      ),
      downloads([
        ["SVG", () => save(`${settings.stem}.svg`, svgText(drawn.scene()), "image/svg+xml")],
        ["PNG", async () => save(`${settings.stem}.png`, await png(drawn.scene()))],
        ...(settings.graphml ? ([["GraphML", settings.graphml]] as [string, string][]) : []),
      ]),
    ),
  );
}

/** Cytoscape adds a style element of its own unless one with this id is there; our style sheet holds its one rule. */
function keepStylesAway(): void {
  const id = "__________cytoscape_stylesheet";
  if (!document.getElementById(id)) document.head.append(h("meta", { id }));
}

/** Layers from left to right where that can be read, else in the direction that can be read better. */
function bestOf(picture: Picture, room: number): Placed {
  const [across, down] = [arranged(picture, false), arranged(picture, true)];
  return fitting(across, room) >= READABLE || fitting(across, room) >= fitting(down, room) ? across : down;
}

function fitting(placed: Placed, room: number): number {
  return Math.min(LARGEST, (room - 2 * MARGIN) / placed.box.width);
}

/** Cytoscape on a sheet as large as the picture, which scrolls in its frame where there is less room. */
class Drawing {
  private readonly cy: cytoscape.Core;
  private readonly placed: Placed;
  private readonly sheet: HTMLElement;
  private level: number;

  constructor(
    private readonly frame: HTMLElement,
    picture: Picture,
    private readonly settings: PictureSettings,
  ) {
    this.sheet = h("div", { class: "picture-sheet", role: "img", "aria-label": settings.title });
    frame.append(this.sheet);
    this.placed = bestOf(picture, frame.clientWidth);
    this.level = Math.max(READABLE, fitting(this.placed, frame.clientWidth));
    this.cy = cytoscape({
      container: this.sheet,
      elements: elements(this.placed, settings.ends ?? []),
      layout: { name: "preset" },
      style: styles(),
      autoungrabify: true,
      minZoom: 0.1,
      maxZoom: 3,
    });
    this.show();
    if (this.placed.narrow) frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
    const { signal } = settings;
    frame.addEventListener("click", (event) => this.under(event).map((n) => go(entityAddress(n.id.split(" ")[0] ?? n.id))), { signal });
    frame.addEventListener("pointermove", (event) => frame.classList.toggle("pointing", this.under(event).length > 0), { signal });
    onTheme(() => this.cy.style(styles()), signal);
    addEventListener("resize", () => this.show(), { signal });
    signal.addEventListener("abort", () => this.cy.destroy());
  }

  zoom(by: number): void {
    this.level = Math.min(3, Math.max(0.1, this.level * by));
    this.show();
  }

  whole(): void {
    this.level = Math.min(fitting(this.placed, this.frame.clientWidth), (MOST_HIGH - 2 * MARGIN) / this.placed.box.height);
    this.show();
  }

  /** The node under the pointer. Cytoscape gets no events: it would keep a finger from scrolling. */
  private under(event: MouseEvent): PlacedNode[] {
    const area = this.sheet.getBoundingClientRect();
    const pan = this.cy.pan();
    const [x, y] = [(event.clientX - area.left - pan.x) / this.level, (event.clientY - area.top - pan.y) / this.level];
    return [...this.placed.nodes.values()].filter((n) => Math.abs(n.x - x) <= WIDTH / 2 && Math.abs(n.y - y) <= n.height / 2);
  }

  private show(): void {
    const { x, y, width, height } = this.placed.box;
    const [wide, high] = [Math.max(this.frame.clientWidth, width * this.level + 2 * MARGIN), height * this.level + 2 * MARGIN];
    this.sheet.style.setProperty("width", `${Math.floor(wide)}px`);
    this.sheet.style.setProperty("height", `${Math.round(high)}px`);
    this.cy.resize();
    this.cy.viewport({ zoom: this.level, pan: { x: wide / 2 - (x + width / 2) * this.level, y: high / 2 - (y + height / 2) * this.level } });
  }

  /** What is drawn, in its own coordinates. */
  scene(): Scene {
    const { box } = this.placed;
    const [left, top] = [box.x - MARGIN, box.y - MARGIN];
    const shapes = [
      ...this.cy.edges().not(".pale").toArray().flatMap((e) => edgeShapes(e as cytoscape.EdgeSingular, left, top)),
      ...this.cy.nodes().toArray().flatMap((n) => nodeShapes(n as cytoscape.NodeSingular, left, top)),
    ];
    return { width: box.width + 2 * MARGIN, height: box.height + 2 * MARGIN, shapes, title: this.settings.title };
  }
}

function elements(placed: Placed, ends: string[]): cytoscape.ElementDefinition[] {
  const nodes = [...placed.nodes.values()].map((n) => ({
    group: "nodes" as const,
    data: { id: n.id, label: n.lines.join("\n"), height: n.height },
    position: { x: n.x, y: n.y },
    classes: ends.includes(n.id) ? "end" : "",
  }));
  const edges = placed.edges.map((e) => ({
    group: "edges" as const,
    data: { id: `e-${e.key}`, source: e.source, target: e.target, label: e.label, power: e.power ?? null, width: widthOf(e), pale: paleOf(e), dash: DASHES[e.power ?? ""] ?? null, bend: e.bend, at: e.at, reach: e.reach },
    classes: [e.power ?? "", e.power && e.power in DASHES ? "dashed" : "", e.along ? (placed.narrow ? "down" : "right") : "", e.bend ? "arched" : ""].join(" "),
  }));
  const pale = placed.edges.flatMap((e, i) => {
    const [drawn, ends] = [edges[i], { source: e.source, target: e.target }];
    return drawn && paleOf(e) > 0 ? [{ ...drawn, data: { ...drawn.data, ...ends, id: `p-${e.key}`, label: "", width: thickness(e.high) }, classes: drawn.classes.replace("dashed", "") + " pale" }] : [];
  });
  return [...nodes, ...pale, ...edges];
}

function widthOf(edge: PictureEdge): number {
  return edge.power ? thickness(edge.low) : 1.3;
}

/** How far the pale line for what could be stands out on either side of the line for what is known. */
function paleOf(edge: PictureEdge): number {
  return edge.power ? Math.max(0, (thickness(edge.high) - thickness(edge.low)) / 2) : 0;
}

function styles(): cytoscape.StylesheetJson {
  const [ink, paper, rule, accent, soft] = ["ink", "surface", "rule-strong", "accent", "tie"].map(colour);
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle", width: WIDTH, height: "data(height)", label: "data(label)", "text-wrap": "wrap",
        "text-valign": "center", "text-halign": "center", "font-family": FAMILY, "font-size": 14, "line-height": 1.15,
        color: ink, "background-color": paper, "border-width": 1, "border-color": rule, "overlay-opacity": 0,
      },
    },
    { selector: "node.end", style: { "background-color": accent, "border-color": accent, color: paper } },
    {
      selector: "edge",
      style: {
        width: "data(width)", "line-color": soft, "target-arrow-color": soft, "target-arrow-shape": "triangle", "arrow-scale": 0.9, "curve-style": "straight",
        "source-label": "data(label)", "source-text-offset": "data(reach)" as unknown as number, "font-family": FAMILY, "font-size": 12.5, color: ink,
        "text-background-color": paper, "text-background-opacity": 1, "text-background-padding": "3px", "overlay-opacity": 0,
      },
    },
    ...POWERS.map((power) => ({ selector: `edge.${power}`, style: { "line-color": colour(`power-${power}`), "target-arrow-color": colour(`power-${power}`) } })),
    { selector: "edge.pale", style: { "line-opacity": 0.28, "target-arrow-shape": "none" } },
    { selector: "edge.right", style: { "source-endpoint": "90deg", "target-endpoint": "270deg" } },
    { selector: "edge.down", style: { "source-endpoint": "180deg", "target-endpoint": "0deg" } },
    { selector: "edge.arched", style: { "curve-style": "unbundled-bezier", "control-point-distances": "data(bend)" as unknown as number[], "control-point-weights": [0.5] } },
    { selector: "edge.dashed", style: { "line-style": "dashed", "line-dash-pattern": "data(dash)" as unknown as number[] } },
  ] as cytoscape.StylesheetJson;
}

/** A colour mixed with white. */
function paler(hex: string): string {
  const parts = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  return `#${parts.map((v) => Math.round(255 - (255 - v) * 0.28).toString(16).padStart(2, "0")).join("")}`;
}

function nodeShapes(node: cytoscape.NodeSingular, left: number, top: number): Shape[] {
  const at = { x: node.position("x") - left, y: node.position("y") - top };
  const height = Number(node.data("height"));
  const lines = String(node.data("label")).split("\n");
  const end = node.hasClass("end");
  const first = at.y - ((lines.length - 1) * LINE) / 2 + 5;
  return [
    { shape: "rect", x: at.x - WIDTH / 2, y: at.y - height / 2, width: WIDTH, height, radius: 8, fill: end ? INK : "#fff", stroke: "#777" },
    ...lines.map((text, i): Shape => ({ shape: "text", x: at.x, y: first + i * LINE, text, size: 14, anchor: "middle", fill: end ? "#fff" : INK })),
  ];
}

function edgeShapes(edge: cytoscape.EdgeSingular, left: number, top: number): Shape[] {
  const [from, until] = [edge.sourceEndpoint(), edge.targetEndpoint()];
  const point = (p: { x: number; y: number }): string => `${(p.x - left).toFixed(1)} ${(p.y - top).toFixed(1)}`;
  const bend = edge.controlPoints()?.[0];
  const before = bend ?? from;
  const angle = Math.atan2(until.y - before.y, until.x - before.x);
  const tip = (turn: number): string => point({ x: until.x - 10 * Math.cos(angle + turn), y: until.y - 10 * Math.sin(angle + turn) });
  const label = String(edge.data("label"));
  const middle = pointAt(from, until, Number(edge.data("bend")), Number(edge.data("at")));
  const dash = edge.data("dash") as number[] | null;
  const width = labelWidth(label);
  const ink = COLOURS[String(edge.data("power"))] ?? "#666";
  const d = bend ? `M ${point(from)} Q ${point(bend)} ${point(until)}` : `M ${point(from)} L ${point(until)}`;
  const [known, pale] = [Number(edge.data("width")), Number(edge.data("pale"))];
  return [
    ...(pale > 0 ? [{ shape: "path", d, stroke: paler(ink), width: known + 2 * pale } as Shape] : []),
    { shape: "path", d, stroke: ink, width: known, ...(dash ? { dash } : {}) },
    { shape: "path", d: `M ${point(until)} L ${tip(0.4)} L ${tip(-0.4)} Z`, fill: ink },
    { shape: "rect", x: middle.x - left - width / 2, y: middle.y - top - 9, width, height: 18, fill: "#fff" },
    { shape: "text", x: middle.x - left, y: middle.y - top + 4, text: label, size: 12.5, anchor: "middle" },
  ];
}
