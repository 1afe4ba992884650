// One side of a comparison: who or what it is, and what it shows.
import { get, type Attacker, type List, type Session, type SessionDetail, type Timeline } from '../../lib/api';
import type { Shown } from '../../lib/compare';
import { count, day, duration, exact, things } from '../../lib/format';
import { gapsOf } from '../../lib/gaps';
import { attackerHref, sessionHref } from '../../lib/router.svelte';

export type Kind = 'sessions' | 'attackers';

/** A fact as it is read, and exactly. */
export interface Fact {
  name: string;
  text: string;
  title?: string;
}

export interface Side {
  kind: Kind;
  id: string;
  href: string;
  name: string;
  /** Where, beside the name. */
  place: string;
  facts: Fact[];
  shown: Shown[];
  /** Why a primitive is not there, by its name, where that is known. */
  why: Map<string, string>;
  /** Sessions whose keys can be looked at, the newest first. */
  typed: string[];
  /** The client hid when keys were pressed. */
  obfuscated: boolean;
}

/** The gaps of a side, and of how many sessions they are. */
export interface Typing {
  gaps: number[];
  sessions: number;
  truncated: boolean;
}

const listed = 100; // sessions of an attacker that are looked at
/** From how many of an attacker's sessions gaps are taken. */
export const mostSessions = 8;

/** Fetches a session or an attacker. */
export const sideOf = (kind: Kind, id: string, signal: AbortSignal): Promise<Side> => (kind === 'sessions' ? session(id, signal) : attacker(id, signal));

const time = (text: string | undefined): Pick<Fact, 'text' | 'title'> =>
  text === undefined ? { text: 'not known' } : { text: day(new Date(text), new Date()), title: exact(new Date(text)) };

async function session(id: string, signal: AbortSignal): Promise<Side> {
  const s = await get<SessionDetail & Session>(`/sessions/${encodeURIComponent(id)}`, {}, signal);
  return {
    kind: 'sessions',
    id: s.evidence_ref,
    href: sessionHref(s.evidence_ref),
    name: s.address ?? 'address not known',
    place: `${s.decoy}/${s.service}, ${time(s.start).text}`,
    facts: [
      { name: 'began', ...time(s.start) },
      { name: 'lasted', text: duration(s.duration), title: `${s.duration} s` },
      { name: 'commands', text: count(s.commands) },
      { name: 'inputs', text: count(s.inputs) },
      { name: 'decoy', text: `${s.decoy}/${s.service}` },
      { name: 'client', text: s.detail?.client ?? 'not known' },
      { name: 'state', text: s.state },
    ],
    shown: s.observed.map((o) => ({ primitive: o.primitive, value: o.value, confidence: o.confidence, rules: o.gait.rules, evidence_ref: o.evidence_ref })),
    why: new Map((s.detail?.not_observable ?? []).map((n) => [n.primitive, n.reason])),
    typed: s.inputs > 0 ? [s.evidence_ref] : [],
    obfuscated: s.detail?.obfuscated ?? false,
  };
}

async function attacker(id: string, signal: AbortSignal): Promise<Side> {
  const path = `/attackers/${encodeURIComponent(id)}`;
  const [a, sessions] = await Promise.all([get<Attacker>(path, {}, signal), get<List<Session>>(`${path}/sessions`, { limit: listed }, signal)]);
  const list = sessions.items;
  const of = sessions.next ? `, in the newest ${list.length} sessions` : '';
  const longest = Math.max(0, ...list.map((s) => s.duration));
  const sum = (pick: (s: Session) => number): number => list.reduce((n, s) => n + pick(s), 0);
  return {
    kind: 'attackers',
    id: a.uuid,
    href: attackerHref(a.uuid),
    name: a.address,
    place: things(a.sessions, 'session'),
    facts: [
      { name: 'first seen', ...time(a.first_seen) },
      { name: 'last seen', ...time(a.last_seen) },
      { name: 'sessions', text: count(a.sessions) },
      { name: 'longest one', text: duration(longest) + of, title: `${longest} s` },
      { name: 'commands', text: count(sum((s) => s.commands)) + of },
      { name: 'inputs', text: count(sum((s) => s.inputs)) + of },
      { name: 'decoys', text: a.decoys.join(', ') || 'none' },
    ],
    shown: a.latest,
    why: new Map(),
    typed: list.filter((s) => s.inputs > 0 && ['profiled', 'incomplete'].includes(s.state)).map((s) => s.evidence_ref),
    obfuscated: false,
  };
}

/** Fetches the gaps of a side: of its session, or of the newest sessions that have any. A recording that is gone is passed over. */
export async function typingOf(side: Side, signal: AbortSignal): Promise<Typing> {
  const typing: Typing = { gaps: [], sessions: 0, truncated: false };
  for (let i = 0; i < side.typed.length && i < 3 * mostSessions && typing.sessions < mostSessions; i += 4) {
    const lines = await Promise.all(side.typed.slice(i, i + 4).map((ref) => timeline(ref, side.kind, signal)));
    for (const line of lines) {
      const gaps = line ? gapsOf(line.keys) : [];
      if (!line || gaps.length === 0 || typing.sessions >= mostSessions) continue;
      typing.gaps.push(...gaps);
      typing.sessions++;
      typing.truncated ||= line.truncated ?? false;
    }
  }
  return typing;
}

async function timeline(ref: string, kind: Kind, signal: AbortSignal): Promise<Timeline | undefined> {
  try {
    return await get<Timeline>(`/sessions/${encodeURIComponent(ref)}/timeline`, {}, signal);
  } catch (e) {
    if (kind === 'sessions' || signal.aborted) throw e;
    return undefined;
  }
}
