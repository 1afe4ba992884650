// Which view is shown stands in the address alone, so that links keep it.
import { tick } from 'svelte';

class Route {
  /** Parts of the path, decoded. */
  parts = $state.raw<string[]>([]);
  query = $state.raw(new URLSearchParams());
  /** Grows with each change of the view, not with changes of its query. */
  visit = $state(0);

  constructor() {
    this.read();
    window.addEventListener('popstate', () => this.read());
    window.addEventListener('click', (e) => this.click(e));
  }

  /** The first parameter of a name, empty where there is none. */
  param(name: string): string {
    return this.query.get(name) ?? '';
  }

  read(): void {
    const path = location.pathname.split('/').slice(1).map(decode);
    while (path.length > 0 && path.at(-1) === '') path.pop();
    const moved = path.join('\n') !== this.parts.join('\n');
    this.parts = path;
    this.query = new URLSearchParams(location.search);
    if (moved) this.visit++;
  }

  /** Shows an address of the page; the keyboard's focus goes to its heading. */
  async go(href: string, replace = false): Promise<void> {
    const visit = this.visit;
    if (replace) history.replaceState(null, '', href);
    else history.pushState(null, '', href);
    this.read();
    if (visit === this.visit) return;
    await tick();
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  }

  /** Changes parameters of the view that is shown; empty ones go. */
  set(change: Record<string, string | string[] | undefined>, replace = false): void {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(change)) {
      query.delete(name);
      if (Array.isArray(value)) value.forEach((v) => query.append(name, v));
      else if (value) query.set(name, value);
    }
    const text = query.toString();
    void this.go(location.pathname + (text === '' ? '' : `?${text}`), replace);
  }

  private click(e: MouseEvent): void {
    const link = (e.target as Element | null)?.closest?.('a');
    if (!link || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    if (link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (/^\/(api\/|plain|debug\/|metrics)/.test(link.pathname)) return;
    if (link.pathname === location.pathname && link.search === location.search && link.hash !== '') return;
    e.preventDefault();
    void this.go(link.pathname + link.search + link.hash);
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = new Route();

/** The address of a session's view, by its evidence reference. */
export const sessionHref = (ref: string, params: Record<string, string> = {}): string => withQuery(`/sessions/${encodeURIComponent(ref)}`, params);

/** The address of an attacker's view. */
export const attackerHref = (uuid: string): string => `/attackers/${encodeURIComponent(uuid)}`;

/** The address of the list of attackers, or of sessions, with some value. */
export const valueHref = (primitive: string, value: string, of: 'attackers' | 'sessions' = 'attackers'): string =>
  withQuery(`/${of}`, { filter: `${primitive}=${value}` });

/** The address of a primitive's explanation. */
export const primitiveHref = (name: string): string => `/primitives/${encodeURIComponent(name)}`;

function withQuery(path: string, params: Record<string, string>): string {
  const text = new URLSearchParams(params).toString();
  return text === '' ? path : `${path}?${text}`;
}
