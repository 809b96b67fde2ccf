/** A drawing as a list of shapes, written as SVG or PNG: what is exported is what is seen, on white. */

import { svg } from "./dom";

export type Shape =
  | { shape: "rect"; x: number; y: number; width: number; height: number; radius?: number; fill?: string; stroke?: string; role?: string }
  | { shape: "circle"; x: number; y: number; radius: number; fill: string; role?: string }
  | { shape: "path"; d: string; stroke?: string; fill?: string; width?: number; dash?: number[]; role?: string }
  | { shape: "text"; x: number; y: number; text: string; size: number; anchor?: "start" | "middle" | "end"; fill?: string; bold?: boolean; role?: string };

export interface Scene {
  width: number;
  height: number;
  shapes: Shape[];
  title: string;
}

export const INK = "#1f1e1b";
export const FONT = '"Source Sans 3 Variable", "Source Sans 3", "Helvetica Neue", Arial, sans-serif';

/** The scene as an SVG element; `role` becomes the class that a style sheet may colour. */
export function svgElement(scene: Scene): SVGSVGElement {
  return svg(
    "svg",
    {
      viewBox: `0 0 ${round(scene.width)} ${round(scene.height)}`,
      width: round(scene.width),
      height: round(scene.height),
      role: "img",
      "aria-label": scene.title,
      "font-family": FONT,
    },
    svg("title", {}, scene.title),
    scene.shapes.map(element),
  );
}

/** The scene as the text of an SVG file, on white. */
export function svgText(scene: Scene): string {
  const element = svgElement(scene);
  element.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  element.querySelector("title")?.after(svg("rect", { width: "100%", height: "100%", fill: "#fff" }));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(element)}\n`;
}

/** The scene as a PNG, twice its size unless that would be too large for a canvas. */
export async function png(scene: Scene): Promise<Blob> {
  const scale = Math.min(2, 8000 / Math.max(scene.width, scene.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(scene.width * scale);
  canvas.height = Math.ceil(scene.height * scale);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser has no canvas");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(scale, scale);
  for (const shape of scene.shapes) paint(pen, shape);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no PNG could be made")))));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function element(shape: Shape): SVGElement {
  switch (shape.shape) {
    case "rect":
      return svg("rect", { x: round(shape.x), y: round(shape.y), width: round(shape.width), height: round(shape.height), rx: shape.radius, fill: shape.fill ?? "none", stroke: shape.stroke, class: shape.role });
    case "circle":
      return svg("circle", { cx: round(shape.x), cy: round(shape.y), r: round(shape.radius), fill: shape.fill, class: shape.role });
    case "path":
      return svg("path", { d: shape.d, stroke: shape.stroke, fill: shape.fill ?? "none", "stroke-width": shape.width ?? 1, "stroke-dasharray": shape.dash?.join(" "), class: shape.role });
    case "text":
      return svg("text", { x: round(shape.x), y: round(shape.y), "font-size": shape.size, "text-anchor": shape.anchor ?? "start", fill: shape.fill ?? INK, "font-weight": shape.bold ? 600 : null, class: shape.role }, shape.text);
  }
}

function paint(pen: CanvasRenderingContext2D, shape: Shape): void {
  if (shape.shape === "text") {
    pen.font = `${shape.bold ? 600 : 400} ${shape.size}px ${FONT}`;
    pen.textAlign = shape.anchor === "middle" ? "center" : (shape.anchor ?? "start");
    pen.fillStyle = shape.fill ?? INK;
    pen.fillText(shape.text, shape.x, shape.y);
    return;
  }
  const path = outline(shape);
  if (shape.fill && shape.fill !== "none") {
    pen.fillStyle = shape.fill;
    pen.fill(path);
  }
  if (shape.shape !== "circle" && shape.stroke) {
    pen.strokeStyle = shape.stroke;
    pen.lineWidth = shape.shape === "path" ? (shape.width ?? 1) : 1;
    pen.setLineDash(shape.shape === "path" ? (shape.dash ?? []) : []);
    pen.stroke(path);
  }
}

function outline(shape: Exclude<Shape, { shape: "text" }>): Path2D {
  if (shape.shape === "path") return new Path2D(shape.d);
  const path = new Path2D();
  if (shape.shape === "circle") path.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI);
  else path.roundRect(shape.x, shape.y, shape.width, shape.height, shape.radius ?? 0);
  return path;
}
