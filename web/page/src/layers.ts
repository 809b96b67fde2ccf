/** A layered layout for small pictures: longest-path layers, then barycentre sweeps (Sugiyama, Tagawa & Toda 1981). */

import type { Picture, PictureEdge, PictureNode } from "./types";

const SWEEPS = 6;

/** The nodes with x by layer and y within it, both in [0, 1]. */
export function layered(nodes: Omit<PictureNode, "x" | "y">[], edges: PictureEdge[]): Picture {
  const forward = acyclic(nodes.map((n) => n.id), edges);
  const layer = layersOf(nodes.map((n) => n.id), forward);
  const most = Math.max(1, ...layer.values());
  const columns = ordered(layer, forward);
  const place = new Map<string, number>();
  for (const ids of columns) ids.forEach((id, i) => place.set(id, (i + 0.5) / ids.length));
  return {
    nodes: nodes.map((n) => ({ ...n, x: (layer.get(n.id) ?? 0) / most, y: place.get(n.id) ?? 0.5 })),
    edges,
  };
}

type Pairs = [string, string][];

/** The edges without those that lead back to where a walk came from. */
function acyclic(ids: string[], edges: PictureEdge[]): Pairs {
  const out = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const e of edges) if (e.source !== e.target) out.get(e.source)?.push(e.target);
  const entered = new Set(edges.map((e) => e.target));
  const done = new Set<string>();
  const open = new Set<string>();
  const kept: Pairs = [];
  const walk = (id: string): void => {
    open.add(id);
    for (const next of out.get(id) ?? []) {
      if (open.has(next)) continue;
      kept.push([id, next]);
      if (!done.has(next)) walk(next);
    }
    open.delete(id);
    done.add(id);
  };
  for (const id of [...ids.filter((i) => !entered.has(i)), ...ids]) if (!done.has(id)) walk(id);
  return kept;
}

function layersOf(ids: string[], edges: Pairs): Map<string, number> {
  const layer = new Map(ids.map((id) => [id, 0]));
  for (let changed = true, round = 0; changed && round <= ids.length; round += 1) {
    changed = false;
    for (const [a, b] of edges) {
      const least = (layer.get(a) ?? 0) + 1;
      if ((layer.get(b) ?? 0) < least) {
        layer.set(b, least);
        changed = true;
      }
    }
  }
  return layer;
}

function ordered(layer: Map<string, number>, edges: Pairs): string[][] {
  const columns: string[][] = [];
  for (const [id, at] of layer) (columns[at] ??= []).push(id);
  const filled = columns.map((c) => c ?? []);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const place = new Map<string, number>();
    for (const ids of filled) ids.forEach((id, i) => place.set(id, (i + 0.5) / ids.length));
    for (const ids of filled) {
      const middle = new Map(ids.map((id) => [id, barycentre(id, edges, place)]));
      ids.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
      ids.forEach((id, i) => place.set(id, (i + 0.5) / ids.length));
    }
  }
  return filled;
}

function barycentre(id: string, edges: Pairs, place: Map<string, number>): number {
  const near = edges.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : []));
  if (near.length === 0) return place.get(id) ?? 0;
  return near.reduce((sum, n) => sum + (place.get(n) ?? 0), 0) / near.length;
}
