/** Elements from code. Text is always a text node: nothing in this page parses a string as HTML. */

export type Child = Node | string | number | null | undefined | false | Child[];
type Listener = (event: never) => unknown;
type Value = string | number | boolean | null | undefined | Listener | Record<string, string>;
export type Properties = Record<string, Value>;

/** An HTML element: `on…` are listeners, `style` is set property by property, false and null leave an attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), properties, children);
}

function filled<E extends HTMLElement | SVGElement>(element: E, properties: Properties, children: Child[]): E {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else if (typeof value === "object") {
      for (const [rule, text] of Object.entries(value)) element.style.setProperty(rule, text);
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Adds children, nested lists among them. */
export function append(parent: Element, children: Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child !== null && child !== undefined && child !== false) {
      parent.append(child instanceof Node ? child : String(child));
    }
  }
}

/** Puts new children in the place of the old ones. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** Text in which `code` between backticks is set as code. */
export function prose(text: string): Child[] {
  return text.split("`").map((part, place) => (place % 2 === 1 ? h("code", {}, part) : part));
}

let count = 0;

/** An id that no other element has. */
export function unique(stem: string): string {
  count += 1;
  return `${stem}-${count}`;
}
