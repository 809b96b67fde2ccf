/** Light and dark: as the system says, unless the reader chose. */

const KEY = "stackholder-theme";
const ORDER = ["system", "light", "dark"] as const;
export type Theme = (typeof ORDER)[number];

/** The reader's choice. */
export function chosen(): Theme {
  const kept = localStorage.getItem(KEY);
  return ORDER.find((t) => t === kept) ?? "system";
}

/** Puts a choice in force and keeps it. */
export function choose(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  apply();
}

/** Puts the kept choice in force. */
export function apply(): void {
  const theme = chosen();
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  document.dispatchEvent(new Event("themechange"));
}

/** The next choice in the row. */
export function next(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? "system";
}

/** Calls back whenever the colours may have changed, until the signal ends. */
export function onTheme(callback: () => void, signal: AbortSignal): void {
  document.addEventListener("themechange", callback, { signal });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback, { signal });
}

/** A colour of the style sheet as a canvas needs it. */
export function colour(name: string): string {
  const probe = document.createElement("span");
  probe.style.setProperty("color", `var(--${name})`);
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
