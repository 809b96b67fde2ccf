/** Addresses of views and of the API. The date that is asked travels with every address. */

export type Parameters = Record<string, string | number | boolean | null | undefined | string[]>;

/** The date in the page's address; null = that of the snapshot. */
export function asOf(): string | null {
  return new URL(location.href).searchParams.get("as_of");
}

/** An address inside the page, with the date that is asked now unless another is given. */
export function to(path: string, parameters: Parameters = {}): string {
  return path + query({ as_of: asOf(), ...parameters });
}

/** The address of an entity's page; its id keeps its slash. */
export function entityAddress(id: string): string {
  return to(`/entity/${id.split("/").map(encodeURIComponent).join("/")}`);
}

/** `?a=1&b=2`, without what is empty; a list repeats its name. */
export function query(parameters: Parameters): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "" && one !== false) {
        found.append(name, one === true ? "1" : String(one));
      }
    }
  }
  const text = found.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}
