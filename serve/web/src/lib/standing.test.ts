import { expect, test } from 'vitest';
import { clientSeries, described, named, why, type Standing } from './standing';

const standing = (change: Partial<Standing>): Standing => ({
  primitive: 'motor.input_modality',
  state: 'stable',
  confidence: 1,
  rules: 1,
  observations: 7,
  reasons: [],
  ...change,
});

test('each state has a sign of its own and says what it means', () => {
  const all = ['stable', 'drifting', 'conflicted', 'multi_actor'].map(described);
  expect(new Set(all.map((d) => d.sign)).size).toBe(4);
  for (const d of all) expect(d.means).not.toBe('');
  expect(named('multi_actor')).toBe('multi actor');
});

test('a state that is not known is shown without a meaning', () => {
  expect(described('constructor')).toEqual({ sign: '?', means: '' });
  expect(why(standing({ state: 'constructor' as Standing['state'], reasons: ['because'] }))).toEqual(['Because.']);
});

test('reasons are sentences behind what the state means', () => {
  expect(why(standing({ reasons: ['5 of the last 5 observations are typed', 'already one.', ''] })).slice(1)).toEqual([
    '5 of the last 5 observations are typed.',
    'Already one.',
  ]);
});

test('a client has a meaning of its own for each state that it can have', () => {
  for (const primitive of clientSeries.keys()) {
    const means = (['stable', 'drifting', 'conflicted'] as const).map((state) => why(standing({ primitive, state }))[0]);
    expect(new Set(means).size).toBe(3);
    expect(means).not.toContain(why(standing({}))[0]);
  }
});
