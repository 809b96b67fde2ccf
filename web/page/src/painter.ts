/** Draws the map in a thread of its own, so that the page follows the hand whatever a drawing takes. */

import face from "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2?url";

import { namesOf, nearOf, radiusOf, type Look, type Points, type Sight } from "./points";

const FAMILY = '"Source Sans 3 Variable", "Helvetica Neue", Arial, sans-serif';
const LINES_AT_ONCE = 400;
type Pen = OffscreenCanvasRenderingContext2D;

const ready = new FontFace("Source Sans 3 Variable", `url(${face})`, { weight: "200 900" })
  .load()
  .then((font) => void (self as unknown as { fonts: FontFaceSet }).fonts.add(font), () => undefined);
const canvas = new OffscreenCanvas(1, 1);
let points: Points;

addEventListener("message", ({ data }: MessageEvent<{ points?: Points; sight?: Sight; look?: Look }>) => {
  if (data.points) points = data.points;
  if (data.sight && data.look) void paint(data.sight, data.look);
});

async function paint(sight: Sight, look: Look): Promise<void> {
  await ready;
  canvas.width = Math.round(sight.width * sight.ratio);
  canvas.height = Math.round(sight.height * sight.ratio);
  // drawn by the processor: a graphics card that is emulated would hold up the page meanwhile
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return;
  pen.scale(sight.ratio, sight.ratio);
  const drawing = new Drawing(pen, sight, look);
  drawing.lines();
  drawing.dots();
  drawing.names();
  const bitmap = canvas.transferToImageBitmap();
  postMessage({ bitmap, sight }, { transfer: [bitmap] });
}

class Drawing {
  private readonly zoom: number;
  private readonly hidden: Set<number>;
  private readonly near: Set<number> | null;

  constructor(
    private readonly pen: Pen,
    private readonly sight: Sight,
    private readonly look: Look,
  ) {
    this.zoom = sight.k / sight.whole;
    this.hidden = new Set(look.hidden);
    this.near = look.chosen < 0 ? null : nearOf(points, look.chosen);
  }

  /** Lines inside islands, and fainter those between them; of a chosen point its own alone. */
  lines(): void {
    const { ends, group } = points;
    const [inside, between, own]: [number[], number[], number[]] = [[], [], []];
    for (let i = 0; i < ends.length; i += 2) {
      const [a, b] = [ends[i] ?? 0, ends[i + 1] ?? 0];
      if (!this.shown(a) || !this.shown(b) || this.apart(a, b)) continue;
      if (this.near) (a === this.look.chosen || b === this.look.chosen) && own.push(a, b);
      else (group[a] === group[b] ? inside : between).push(a, b);
    }
    const weight = Math.min(1, 0.45 * this.zoom ** 0.5);
    this.stroke(between, this.look.edge, 0.45 * weight);
    this.stroke(inside, this.look.edge, weight);
    this.stroke(own, this.look.ink, 0.55);
  }

  private stroke(pairs: number[], colour: string, alpha: number): void {
    const { pen } = this;
    pen.strokeStyle = colour;
    pen.globalAlpha = alpha;
    pen.lineWidth = 1 / this.sight.ratio;
    for (let i = 0; i < pairs.length; i += 2 * LINES_AT_ONCE) {
      pen.beginPath();
      for (let n = i; n < Math.min(pairs.length, i + 2 * LINES_AT_ONCE); n += 2) {
        pen.moveTo(this.x(pairs[n] ?? 0), this.y(pairs[n] ?? 0));
        pen.lineTo(this.x(pairs[n + 1] ?? 0), this.y(pairs[n + 1] ?? 0));
      }
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  /** Points by colour, the largest on top; what is not singled out lies below. */
  dots(): void {
    const far = new Map<string, number[]>();
    const front = new Map<string, number[]>();
    for (let i = points.x.length - 1; i >= 0; i -= 1) {
      if (!this.shown(i) || !this.visible(i)) continue;
      const [into, colour] = this.near && !this.near.has(i) ? [far, this.look.faint] : [front, this.look.kinds[(points.kind[i] ?? 0) % this.look.kinds.length] ?? this.look.ink];
      const same = into.get(colour);
      if (same) same.push(i);
      else into.set(colour, [i]);
    }
    for (const [colour, some] of [...far, ...front]) this.dot(some, colour);
    if (this.look.chosen >= 0) this.ring(this.look.chosen);
  }

  private dot(some: number[], colour: string): void {
    this.pen.fillStyle = colour;
    this.pen.beginPath();
    for (const i of some) {
      const [x, y, radius] = [this.x(i), this.y(i), this.radius(i)];
      this.pen.moveTo(x + radius, y);
      this.pen.arc(x, y, radius, 0, 2 * Math.PI);
    }
    this.pen.fill();
  }

  private ring(i: number): void {
    this.pen.strokeStyle = this.look.ink;
    this.pen.lineWidth = 2;
    this.pen.beginPath();
    this.pen.arc(this.x(i), this.y(i), this.radius(i) + 3, 0, 2 * Math.PI);
    this.pen.stroke();
  }

  /** Names with a rim of paper, so that they read over points and lines. */
  names(): void {
    const { pen, sight, look } = this;
    const face = (size: number, bold: boolean): string => `${bold ? 650 : 450} ${size}px ${FAMILY}`;
    const wide = (text: string, size: number, bold: boolean): number => {
      pen.font = face(size, bold);
      return pen.measureText(text).width;
    };
    pen.lineJoin = "round";
    pen.lineWidth = 4;
    pen.strokeStyle = look.paper;
    pen.fillStyle = look.ink;
    for (const name of namesOf(points, sight, look, this.near, wide)) {
      pen.font = face(name.size, name.bold);
      pen.strokeText(name.text, name.x, name.y);
      pen.fillText(name.text, name.x, name.y);
    }
  }

  private shown(i: number): boolean {
    return !this.hidden.has(points.kind[i] ?? 0);
  }

  private visible(i: number): boolean {
    const [x, y, radius] = [this.x(i), this.y(i), this.radius(i)];
    return x > -radius && y > -radius && x < this.sight.width + radius && y < this.sight.height + radius;
  }

  /** Whether a line lies wholly on one side of the area. */
  private apart(a: number, b: number): boolean {
    const [xa, xb, ya, yb] = [this.x(a), this.x(b), this.y(a), this.y(b)];
    return (xa < 0 && xb < 0) || (ya < 0 && yb < 0) || (xa > this.sight.width && xb > this.sight.width) || (ya > this.sight.height && yb > this.sight.height);
  }

  private x(i: number): number {
    return (points.x[i] ?? 0) * this.sight.k + this.sight.x;
  }

  private y(i: number): number {
    return (points.y[i] ?? 0) * this.sight.k + this.sight.y;
  }

  private radius(i: number): number {
    return radiusOf(points, i, this.sight);
  }
}
