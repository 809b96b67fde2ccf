/** The map in numbers, as its painter and its frame share it. */

import type { OverviewMap } from "./types";

/** Units of the map from side to side. */
export const WORLD = 1000;

/** Points come with the largest first and are called by their number. */
export interface Points {
  ids: string[];
  names: string[];
  kinds: string[];
  /** Number of the kind of each. */
  kind: Uint8Array;
  x: Float32Array;
  y: Float32Array;
  /** From 0 to 1. */
  size: Float32Array;
  group: Uint32Array;
  /** Source and target of each line, by turns. */
  ends: Uint32Array;
  islands: Island[];
  high: number;
}

/** A group of points: its middle, its largest point, and how many it holds. */
export interface Island {
  x: number;
  y: number;
  largest: number;
  count: number;
}

/** A point p of the map stands at `k * p + (x, y)` in an area of that size; `whole` is the k that shows all. */
export interface Sight {
  k: number;
  x: number;
  y: number;
  width: number;
  height: number;
  whole: number;
  /** Pixels of the screen to a pixel of the page. */
  ratio: number;
}

export interface Look {
  kinds: string[];
  edge: string;
  faint: string;
  ink: string;
  paper: string;
  /** Numbers of the kinds that are not shown. */
  hidden: number[];
  /** The point that is singled out with its ties; -1 = none. */
  chosen: number;
}

/** The answer of the API in numbers. */
export function pointsOf(map: OverviewMap): Points {
  const { nodes } = map;
  const kinds = [...new Set(nodes.map((n) => n.kind))].sort();
  return {
    ids: nodes.map((n) => n.id),
    names: nodes.map((n) => n.name),
    kinds,
    kind: Uint8Array.from(nodes, (n) => kinds.indexOf(n.kind)),
    x: Float32Array.from(nodes, (n) => n.x * WORLD),
    y: Float32Array.from(nodes, (n) => n.y * WORLD),
    size: Float32Array.from(nodes, (n) => n.size),
    group: Uint32Array.from(nodes, (n) => n.group),
    ends: Uint32Array.from(map.edges.flatMap(([a, b]) => [a, b])),
    islands: islandsOf(nodes),
    high: nodes.reduce((most, n) => Math.max(most, n.y * WORLD), 1),
  };
}

function islandsOf(nodes: OverviewMap["nodes"]): Island[] {
  const found = new Map<number, Island>();
  for (const [i, n] of nodes.entries()) {
    const one = found.get(n.group) ?? { x: 0, y: 0, largest: i, count: 0 };
    found.set(n.group, { ...one, x: one.x + n.x * WORLD, y: one.y + n.y * WORLD, count: one.count + 1 });
  }
  return [...found.values()].map((one) => ({ ...one, x: one.x / one.count, y: one.y / one.count })).sort((a, b) => b.count - a.count);
}

/** A point and those that a line ties to it. */
export function nearOf(points: Points, chosen: number): Set<number> {
  const found = new Set([chosen]);
  for (let i = 0; i < points.ends.length; i += 2) {
    const [a, b] = [points.ends[i] ?? 0, points.ends[i + 1] ?? 0];
    if (a === chosen) found.add(b);
    if (b === chosen) found.add(a);
  }
  return found;
}

/** The radius of a point in pixels: what leaves room for its neighbours, and more the nearer one looks. */
export function radiusOf(points: Points, i: number, sight: Pick<Sight, "k" | "whole">): number {
  const room = (0.8 * WORLD * sight.whole) / Math.sqrt(points.ids.length);
  const [least, most] = [Math.min(3, 0.16 * room), Math.min(13, 3 + 0.45 * room)];
  return (least + (most - least) * (points.size[i] ?? 0) ** 1.3) * (sight.k / sight.whole) ** 0.45;
}
