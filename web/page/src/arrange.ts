/** Where the boxes of a picture stand, and how far an edge bends to pass between them. */

import type { Picture, PictureEdge } from "./types";

export const WIDTH = 160;
export const LINE = 17;
const ROW = 64;
const COLUMN = 268;
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
  const edges = known.map((e) => bent(e, nodes, narrow));
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
  if (!from || !until) return { ...edge, bend: 0, along: false };
  const at = (n: PlacedNode): [number, number] => (narrow ? [n.y, n.x] : [n.x, n.y]);
  const [[a0, b0], [a1, b1]] = [at(from), at(until)];
  if (a1 <= a0) return { ...edge, bend: 0, along: false };
  const between = [...nodes.values()].filter((n) => n !== from && n !== until && at(n)[0] > a0 + 1 && at(n)[0] < a1 - 1);
  const reach = narrow ? WIDTH / 2 + 12 : CLEAR;
  const clear = (offset: number): boolean =>
    between.every((n) => {
      const [a, b] = at(n);
      const t = (a - a0) / (a1 - a0);
      return Math.abs(b0 + (b1 - b0) * t + 4 * t * (1 - t) * offset - b) >= reach;
    });
  const step = narrow ? 60 : 24;
  const offset = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6].map((n) => n * step).find(clear) ?? 0;
  return { ...edge, bend: (narrow ? -2 : 2) * offset, along: true };
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
