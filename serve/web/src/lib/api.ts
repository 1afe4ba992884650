// The API of gait, as docs/openapi.json describes it.
import type { components } from './schema';

export type Schemas = components['schemas'];
export type Attacker = Schemas['Attacker'];
export type Attributed = Schemas['Attributed'];
export type Session = Schemas['Session'];
export type SessionDetail = Schemas['SessionDetail'];
export type Observation = Schemas['Observation'];
export type Latest = Schemas['Latest'];
export type Primitive = Schemas['Primitive'];
export type Timeline = Schemas['Timeline'];
export type ValueCount = Schemas['ValueCount'];
export type Me = Schemas['Me'];
export type Wellbeing = Schemas['Wellbeing'];

/** A list as the API gives it: a page of it, and the cursor of the next. */
export interface List<T> {
  items: T[];
  next?: string;
  total?: number;
  more?: boolean;
}

/** Where the API is. */
export const base = '/api/v1';

/** What the API answered instead of what was asked for, in words. */
export class Problem extends Error {
  constructor(
    readonly status: number, // 0 where there was no answer
    detail: string,
  ) {
    super(detail);
  }

  /** Whether asking again later may help. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Parameters of a question; those without a value are left out. */
export type Params = Record<string, string | number | boolean | string[] | undefined | null>;

/** Makes the path of a question. Names in it must be encoded already. */
export function pathOf(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (Array.isArray(value)) value.forEach((v) => query.append(name, v));
    else if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  const whole = path.startsWith(base) ? path : base + path;
  return text === '' ? whole : `${whole}?${text}`;
}

let onLoggedOut = () => {};

/** Has a function called when the API no longer knows who asks. */
export function whenLoggedOut(f: () => void): void {
  onLoggedOut = f;
}

async function ask<T>(method: string, path: string, init: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { method, credentials: 'same-origin', ...init });
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e;
    throw new Problem(0, 'gait does not answer. It may be restarting, or the connection to it is gone.');
  }
  if (answer.status === 204) return undefined as T;
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text) as T;
  if (answer.status === 401 && !path.endsWith('/login')) onLoggedOut();
  let detail = `gait answered ${answer.status}.`;
  try {
    detail = (JSON.parse(text) as { detail?: string }).detail ?? detail;
  } catch {
    // Some proxy answered in its own words, which are not shown.
  }
  throw new Problem(answer.status, detail);
}

/** Asks for something. */
export function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  return ask('GET', pathOf(path, params), { signal: signal ?? null });
}

/** Has something done. */
export function post<T>(path: string, body?: unknown): Promise<T> {
  const init: RequestInit = {};
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  return ask('POST', pathOf(path), init);
}
