/** The JSON API, typed. */

import { asOf, query, type Parameters } from "./address";
import type { About, Question } from "./types";

/** What the server says went wrong: what, where, and what to do next. */
export class ApiError extends Error {
  constructor(
    what: string,
    readonly where: string,
    readonly hint: string,
    readonly status: number,
  ) {
    super(what);
  }
}

/** The answer at an address of the API, at the date that is asked now unless another is given. */
export async function get<T>(name: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  return answered<T>(await request(apiAddress(name, parameters), { signal: signal ?? null }));
}

/** The answer to a body that is sent. */
export async function post<T>(name: string, parameters: Parameters, body: BodyInit, signal?: AbortSignal): Promise<T> {
  return answered<T>(await request(apiAddress(name, parameters), { method: "POST", body, signal: signal ?? null }));
}

/** The address of the API for a name and parameters. */
export function apiAddress(name: string, parameters: Parameters = {}): string {
  return `/api/${name}${query({ as_of: asOf(), ...parameters })}`;
}

async function request(address: string, settings: RequestInit): Promise<Response> {
  try {
    return await fetch(address, settings);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("The server does not answer.", location.host, "Start it again: stackholder serve", 0);
  }
}

async function answered<T>(response: Response): Promise<T> {
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError("The server's answer is not JSON.", response.url, text.slice(0, 200), response.status);
  }
  if (response.ok) return body as T;
  const told = (body as { error?: { what?: string; where?: string; hint?: string } }).error ?? {};
  throw new ApiError(told.what ?? response.statusText, told.where ?? "", told.hint ?? "", response.status);
}

const abouts = new Map<string, Promise<About>>();
let asked: Promise<Question[]> | undefined;

/** What the graph holds, read once per date. */
export function about(): Promise<About> {
  const key = asOf() ?? "";
  const known = abouts.get(key);
  if (known) return known;
  const found = get<About>("about");
  abouts.set(key, found);
  found.catch(() => abouts.delete(key));
  return found;
}

/** The canned questions, read once. */
export function questions(): Promise<Question[]> {
  asked ??= get<{ questions: Question[] }>("questions", { as_of: null }).then((a) => a.questions);
  asked.catch(() => (asked = undefined));
  return asked;
}
