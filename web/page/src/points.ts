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
    one.x += n.x * WORLD;
    one.y += n.y * WORLD;
    one.count += 1;
    found.set(n.group, one);
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

const MOST_NAMES = 160;
/** Radius from which on a point is named where there is room. */
const LEAST_NAMED = 2.6;
const SMALLEST_ISLAND = 10;
/** Names of islands give way to those of points where it is this much larger than the whole. */
const ISLANDS_UNTIL = 5;
const LETTERS = 40;

/** A name and where its line begins. */
export interface Name {
  text: string;
  x: number;
  y: number;
  size: number;
  bold: boolean;
}

/** Names of islands, then of the largest points, or those of the chosen point and its ties, wherever there is room. */
export function namesOf(points: Points, sight: Sight, look: Look, near: Set<number> | null, wide: (text: string, size: number, bold: boolean) => number): Name[] {
  const names: Name[] = [];
  const taken: [number, number, number, number][] = [];
  const named = new Set<number>();
  const name = (i: number, x: number, y: number, size: number, bold: boolean, middle: boolean): void => {
    const full = points.names[i] ?? "";
    const text = full.length > LETTERS ? `${full.slice(0, LETTERS - 1)}…` : full;
    const width = wide(text, size, bold);
    const left = middle ? x - width / 2 : x;
    const [a, b, c, d] = [left - 3, y - size / 2 - 2, left + width + 3, y + size / 2 + 2];
    const cut = a < 0 || b < 0 || c > sight.width || d > sight.height;
    if (named.has(i) || look.hidden.includes(points.kind[i] ?? 0) || cut || taken.some((t) => a < t[2] && t[0] < c && b < t[3] && t[1] < d)) return;
    taken.push([a, b, c, d]);
    named.add(i);
    names.push({ text, x: left, y: y + size * 0.34, size, bold });
  };
  const point = (i: number): void => name(i, (points.x[i] ?? 0) * sight.k + sight.x + radiusOf(points, i, sight) + 4, (points.y[i] ?? 0) * sight.k + sight.y, 13, i === look.chosen, false);
  if (near) {
    for (const i of [look.chosen, ...[...near].sort((a, b) => a - b)]) if (names.length < MOST_NAMES) point(i);
    return names;
  }
  if (sight.k / sight.whole < ISLANDS_UNTIL) {
    for (const one of points.islands) {
      const size = Math.round(Math.min(22, 12 + 0.35 * Math.sqrt(one.count)));
      if (one.count >= SMALLEST_ISLAND) name(one.largest, one.x * sight.k + sight.x, one.y * sight.k + sight.y, size, true, true);
    }
  }
  for (let i = 0; i < points.ids.length && names.length < MOST_NAMES && radiusOf(points, i, sight) > LEAST_NAMED; i += 1) point(i);
  return names;
}
