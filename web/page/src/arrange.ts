/** Where the boxes of a picture stand, how far an edge bends to pass between them, and where its label is clear. */

import type { Picture, PictureEdge } from "./types";

export const WIDTH = 160;
export const LINE = 17;
const ROW = 64;
const COLUMN = 330;
const NARROW_ROW = 118;
const LETTERS = 22;
const CLEAR = 34;

export interface PlacedNode {
  id: string;
  lines: string[];
  x: number;
  y: number;
  height: number;
}

export interface PlacedEdge extends PictureEdge {
  /** Distance of the control point from the straight line; 0 = straight. */
  bend: number;
  /** Whether it runs in the direction of the layers. */
  along: boolean;
  /** Where its label stands on it: 0 = at its source, 1 = at its target; and how far along it that is. */
  at: number;
  reach: number;
}

interface Point {
  x: number;
  y: number;
}

export interface Placed {
  nodes: Map<string, PlacedNode>;
  edges: PlacedEdge[];
  narrow: boolean;
  /** What holds all of it, arches too. */
  box: { x: number; y: number; width: number; height: number };
}

/** Layers from left to right, or from top to bottom where there is little room across. */
export function arranged(picture: Picture, narrow: boolean): Placed {
  const layers = [...new Set(picture.nodes.map((n) => n.x))].sort((a, b) => a - b);
  const along = new Map(layers.map((x, i) => [x, i * (narrow ? NARROW_ROW : COLUMN)]));
  const across = unit(picture) * (narrow ? WIDTH + 18 : ROW);
  const nodes = new Map(
    picture.nodes.map((n) => {
      const lines = wrapped(n.name);
      const [a, b] = [along.get(n.x) ?? 0, n.y * across];
      return [n.id, { id: n.id, lines, x: narrow ? b : a, y: narrow ? a : b, height: 20 + LINE * lines.length }];
    }),
  );
  const known = picture.edges.filter((e) => nodes.has(e.source) && nodes.has(e.target));
  const edges = labelled(beside(known.map((e) => bent(e, nodes, narrow))), nodes, narrow);
  return { nodes, edges, narrow, box: around(nodes, edges, narrow) };
}

function around(nodes: Map<string, PlacedNode>, edges: PlacedEdge[], narrow: boolean): Placed["box"] {
  const all = [...nodes.values()];
  const xs = all.flatMap((n) => [n.x - WIDTH / 2, n.x + WIDTH / 2]);
  const ys = all.flatMap((n) => [n.y - n.height / 2, n.y + n.height / 2]);
  for (const e of edges) {
    const [from, until] = [nodes.get(e.source), nodes.get(e.target)];
    if (!e.bend || !from || !until) continue;
    if (narrow) xs.push((from.x + until.x) / 2 - e.bend / 2 - 20, (from.x + until.x) / 2 - e.bend / 2 + 20);
    else ys.push((from.y + until.y) / 2 + e.bend / 2 - 10, (from.y + until.y) / 2 + e.bend / 2 + 10);
  }
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** How many rows make the whole of y: the nearest two boxes of a layer stand one row apart. */
function unit(picture: Picture): number {
  const layers = new Map<number, number[]>();
  for (const n of picture.nodes) layers.set(n.x, [...(layers.get(n.x) ?? []), n.y]);
  let nearest = 1;
  for (const ys of layers.values()) {
    ys.sort((a, b) => a - b);
    for (let i = 1; i < ys.length; i += 1) nearest = Math.min(nearest, Math.max(0.01, (ys[i] ?? 0) - (ys[i - 1] ?? 0)));
  }
  return 1 / nearest;
}

function bent(edge: PictureEdge, nodes: Map<string, PlacedNode>, narrow: boolean): PlacedEdge {
  const [from, until] = [nodes.get(edge.source), nodes.get(edge.target)];
  if (!from || !until) return { ...edge, bend: 0, along: false, at: 0.5, reach: 0 };
  const at = (n: PlacedNode): [number, number] => (narrow ? [n.y, n.x] : [n.x, n.y]);
  const [[a0, b0], [a1, b1]] = [at(from), at(until)];
  if (a1 <= a0) return { ...edge, bend: BACK, along: false, at: 0.5, reach: 0 };
  const between = [...nodes.values()].filter((n) => n !== from && n !== until && at(n)[0] > a0 + 1 && at(n)[0] < a1 - 1);
  const reach = narrow ? WIDTH / 2 + 12 : CLEAR;
  const clear = (offset: number): boolean =>
    between.every((n) => {
      const [a, b] = at(n);
      const t = (a - a0) / (a1 - a0);
      return Math.abs(b0 + (b1 - b0) * t + 4 * t * (1 - t) * offset - b) >= reach;
    });
  const step = narrow ? 60 : 24;
  const offset = [0, ...Array.from({ length: 9 }, (_, i) => [i + 1, -i - 1]).flat()].map((n) => n * step).find(clear) ?? 0;
  return { ...edge, bend: (narrow ? -2 : 2) * offset, along: true, at: 0.5, reach: 0 };
}

/** How far an edge bends that runs against the layers, and edges between the same boxes bend apart. */
const BACK = 48;
const BESIDE = 56;
const PIECES = 12;
const LABEL_HIGH = 18;
const LETTER = 6.4;
/** Places on an edge that a label tries. */
const TRIED = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.16, 0.84];
/** Where a label best stands: in the middle, or nearer to the end where fewer edges meet. */
const ASIDE = 0.16;

/** The width of a label on its plate. */
export function labelWidth(label: string): number {
  return label.length * LETTER + 8;
}

/** Edges between the same two boxes, each in an arch of its own. */
function beside(edges: PlacedEdge[]): PlacedEdge[] {
  const same = new Map<string, PlacedEdge[]>();
  for (const e of edges) same.set(`${e.source} ${e.target}`, [...(same.get(`${e.source} ${e.target}`) ?? []), e]);
  return [...same.values()].flatMap((some) => some.map((e, i) => ({ ...e, bend: e.bend + (i - (some.length - 1) / 2) * BESIDE })));
}

/** Each label where it touches neither a box nor a label before it; where no place is clear, where it covers least. */
function labelled(edges: PlacedEdge[], nodes: Map<string, PlacedNode>, narrow: boolean): PlacedEdge[] {
  const taken: Box[] = [...nodes.values()].map((n) => box(n, WIDTH, n.height));
  const count = (end: "source" | "target", id: string): number => edges.filter((e) => e[end] === id).length;
  return edges.map((edge) => {
    const [from, until] = [nodes.get(edge.source), nodes.get(edge.target)];
    if (!from || !until) return edge;
    const [leaving, entering] = [count("source", edge.source), count("target", edge.target)];
    const wish = 0.5 + (Math.abs(leaving - entering) > 1 ? Math.sign(leaving - entering) * ASIDE : 0);
    const tried = [...TRIED].sort((a, b) => Math.abs(a - wish) - Math.abs(b - wish));
    const [start, end] = edge.along ? [port(from, narrow, 1), port(until, narrow, -1)] : [from, until];
    const boxes = tried.map((at) => ({ at, box: box(pointAt(start, end, edge.bend, at), labelWidth(edge.label), LABEL_HIGH) }));
    const covered = (one: Box): number => taken.reduce((sum, other) => sum + shared(one, other), 0);
    const best = boxes.reduce((a, b) => (covered(b.box) < covered(a.box) ? b : a));
    taken.push(best.box);
    return { ...edge, at: best.at, reach: reachOf(start, end, edge.bend, best.at) };
  });
}

/** The point of an edge at a part of its way: a straight line, or a quadratic curve whose control point is `bend` beside its middle. */
export function pointAt(start: Point, end: Point, bend: number, at: number): Point {
  const [across, down] = [end.x - start.x, end.y - start.y];
  const arch = (2 * at * (1 - at) * bend) / (Math.hypot(across, down) || 1);
  return { x: start.x + across * at - down * arch, y: start.y + down * at + across * arch };
}

/** The length of an edge up to a part of its way. */
function reachOf(start: Point, end: Point, bend: number, at: number): number {
  const points = Array.from({ length: PIECES + 1 }, (_, i) => pointAt(start, end, bend, (at * i) / PIECES));
  return points.slice(1).reduce((sum, p, i) => sum + Math.hypot(p.x - (points[i]?.x ?? 0), p.y - (points[i]?.y ?? 0)), 0);
}

/** The side of a box that edges leave (1) or enter (-1) along the layers. */
function port(node: PlacedNode, narrow: boolean, side: number): Point {
  return narrow ? { x: node.x, y: node.y + (side * node.height) / 2 } : { x: node.x + (side * WIDTH) / 2, y: node.y };
}

type Box = [left: number, top: number, right: number, bottom: number];

function box(middle: Point, width: number, height: number): Box {
  return [middle.x - width / 2, middle.y - height / 2, middle.x + width / 2, middle.y + height / 2];
}

function shared(a: Box, b: Box): number {
  return Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
}

/** A name on at most two lines. */
function wrapped(name: string): string[] {
  const lines = [""];
  for (const word of name.split(/\s+/)) {
    const line = lines[lines.length - 1] ?? "";
    if (line && line.length + word.length + 1 > LETTERS) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  const kept = lines.slice(0, 2).map((l) => (l.length > LETTERS + 2 ? `${l.slice(0, LETTERS)}…` : l));
  if (lines.length > 2) kept[1] = `${kept[1]?.replace(/…$/, "")} …`;
  return kept;
}
