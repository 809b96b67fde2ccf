/** Small graphs drawn with Cytoscape: paths, neighbourhoods, the statements behind an answer. */

import cytoscape from "cytoscape";
import { entityAddress } from "./address";
import { downloads, save } from "./download";
import { fill, h } from "./dom";
import { number } from "./format";
import { arranged, LINE, WIDTH, type Placed } from "./arrange";
import { go } from "./router";
import { INK, png, svgText, type Scene, type Shape } from "./scene";
import { colour, onTheme } from "./theme";
import type { Picture, PictureEdge } from "./types";

/** The largest zoom that fitting chooses, and the room a picture takes on the page. */
const LARGEST = 1.05;
const MARGIN = 20;
const LEAST_HIGH = 110;
const MOST_HIGH = 680;
/** Below this width a picture runs from top to bottom. */
const NARROW = 620;
const FAMILY = '"Source Sans 3 Variable", sans-serif';

/** Patterns tell channels apart without colour: vote and gate are solid, the rest are not. */
const DASHES: Record<string, number[]> = { L: [7, 3], I: [9, 5], M: [2, 4], R: [12, 3, 2, 3], S: [2, 2] };

export interface PictureSettings {
  title: string;
  stem: string;
  /** Ids that are filled: where a path starts and ends. */
  ends?: string[];
  signal: AbortSignal;
  graphml?: string;
}

/** A picture with its buttons. It is added to the page before it is drawn, since it takes the width it is given. */
export async function showPicture(room: HTMLElement, picture: Picture, settings: PictureSettings): Promise<void> {
  const canvas = h("div", { class: "picture-canvas", role: "img", "aria-label": settings.title });
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

class Drawing {
  private readonly cy: cytoscape.Core;
  private readonly box: Placed["box"];

  constructor(
    private readonly canvas: HTMLElement,
    picture: Picture,
    private readonly settings: PictureSettings,
  ) {
    const placed = arranged(picture, canvas.clientWidth < NARROW);
    this.box = placed.box;
    const fitting = this.box.height * Math.min(LARGEST, (canvas.clientWidth - 2 * MARGIN) / this.box.width);
    canvas.style.setProperty("height", `${Math.round(Math.min(MOST_HIGH, Math.max(LEAST_HIGH, fitting + 2 * MARGIN)))}px`);
    this.cy = cytoscape({
      container: canvas,
      elements: elements(placed, settings.ends ?? []),
      layout: { name: "preset" },
      style: styles(),
      userZoomingEnabled: false,
      boxSelectionEnabled: false,
      autoungrabify: true,
      minZoom: 0.1,
      maxZoom: 3,
    });
    this.whole();
    this.cy.on("tap", "node", (event) => go(entityAddress(event.target.id())));
    this.cy.on("mouseover", "node", () => canvas.classList.add("pointing"));
    this.cy.on("mouseout", "node", () => canvas.classList.remove("pointing"));
    onTheme(() => this.cy.style(styles()), settings.signal);
    addEventListener("resize", () => this.whole(), { signal: settings.signal });
    settings.signal.addEventListener("abort", () => this.cy.destroy());
  }

  zoom(by: number): void {
    this.cy.zoom({ level: this.cy.zoom() * by, renderedPosition: { x: this.canvas.clientWidth / 2, y: this.canvas.clientHeight / 2 } });
  }

  whole(): void {
    this.cy.resize();
    const { x, y, width, height } = this.box;
    const [room, high] = [this.canvas.clientWidth, this.canvas.clientHeight];
    const zoom = Math.min(LARGEST, (room - 2 * MARGIN) / width, (high - 2 * MARGIN) / height);
    this.cy.viewport({ zoom, pan: { x: room / 2 - (x + width / 2) * zoom, y: high / 2 - (y + height / 2) * zoom } });
  }

  /** What is drawn, in its own coordinates. */
  scene(): Scene {
    const [left, top] = [this.box.x - MARGIN, this.box.y - MARGIN];
    const shapes = [
      ...this.cy.edges().toArray().flatMap((e) => edgeShapes(e as cytoscape.EdgeSingular, left, top)),
      ...this.cy.nodes().toArray().flatMap((n) => nodeShapes(n as cytoscape.NodeSingular, left, top)),
    ];
    return { width: this.box.width + 2 * MARGIN, height: this.box.height + 2 * MARGIN, shapes, title: this.settings.title };
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
    data: { id: `e-${e.key}`, source: e.source, target: e.target, label: e.label, width: thickness(e), dash: DASHES[e.channel ?? ""] ?? null, bend: e.bend },
    classes: [e.channel && e.channel in DASHES ? "dashed" : "", e.along ? (placed.narrow ? "down" : "right") : "", e.bend ? "arched" : ""].join(" "),
  }));
  return [...nodes, ...edges];
}

function thickness(edge: PictureEdge): number {
  return edge.strength === undefined ? 1.3 : edge.strength === null ? 1 : 1 + 1.6 * edge.strength;
}

/** The label of a control edge: its channel and strength. */
export function controlLabel(channel: string, strength: number | null): string {
  return `${channel} ${strength === null ? "?" : number(strength)}`;
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
        width: "data(width)", "line-color": soft, "target-arrow-color": soft, "target-arrow-shape": "triangle", "arrow-scale": 0.9, "curve-style": "bezier",
        label: "data(label)", "font-family": FAMILY, "font-size": 12.5, color: ink,
        "text-background-color": paper, "text-background-opacity": 1, "text-background-padding": "3px", "overlay-opacity": 0,
      },
    },
    { selector: "edge.right", style: { "source-endpoint": "90deg", "target-endpoint": "270deg" } },
    { selector: "edge.down", style: { "source-endpoint": "180deg", "target-endpoint": "0deg" } },
    { selector: "edge.arched", style: { "curve-style": "unbundled-bezier", "control-point-distances": "data(bend)" as unknown as number[], "control-point-weights": [0.5] } },
    { selector: "edge.dashed", style: { "line-style": "dashed", "line-dash-pattern": "data(dash)" as unknown as number[] } },
  ] as cytoscape.StylesheetJson;
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
  const [from, until, middle] = [edge.sourceEndpoint(), edge.targetEndpoint(), edge.midpoint()];
  const bends = edge.controlPoints() ?? [];
  const point = (p: { x: number; y: number }): string => `${(p.x - left).toFixed(1)} ${(p.y - top).toFixed(1)}`;
  const bend = bends[0];
  const before = bend ?? from;
  const angle = Math.atan2(until.y - before.y, until.x - before.x);
  const tip = (turn: number): string => point({ x: until.x - 10 * Math.cos(angle + turn), y: until.y - 10 * Math.sin(angle + turn) });
  const label = String(edge.data("label"));
  const dash = edge.data("dash") as number[] | null;
  const width = label.length * 6.4 + 8;
  return [
    { shape: "path", d: bend ? `M ${point(from)} Q ${point(bend)} ${point(until)}` : `M ${point(from)} L ${point(until)}`, stroke: "#666", width: Number(edge.data("width")), ...(dash ? { dash } : {}) },
    { shape: "path", d: `M ${point(until)} L ${tip(0.4)} L ${tip(-0.4)} Z`, fill: "#666" },
    { shape: "rect", x: middle.x - left - width / 2, y: middle.y - top - 9, width, height: 18, fill: "#fff" },
    { shape: "text", x: middle.x - left, y: middle.y - top + 4, text: label, size: 12.5, anchor: "middle" },
  ];
}
