import { expect, test } from 'vitest';
import type { Primitive } from './api';
import { kindOf, primitivesLike, valuesLike } from './search';

const primitive = (name: string, title: string, values: string[]): Primitive =>
  ({ name, title, kind: 'label', domain: '', values, elsewhere: [], needs: [], measures: [], thresholds: [], rules: 1, doc: '' }) as Primitive;

const registry = [
  primitive('motor.input_modality', 'typed or pasted', ['typed', 'pasted', 'mixed']),
  primitive('motor.paste_burst_rate', 'habit of pasting', ['none', 'occasional', 'habitual']),
  primitive('motor.shell_mastery.tab_completion', 'completion with TAB', ['none', 'occasional', 'habitual']),
  primitive('cognitive.inter_command_latency_class', 'Time between commands', ['instant', 'typing_speed', 'llm_lightweight', 'llm_heavyweight']),
];
const values = (text: string): string[] => valuesLike(registry, text).map((m) => `${m.primitive}=${m.value}`);

test('a text is known by its looks', () => {
  expect(kindOf('01a22252-5e9a-7d40-82ff-7527de06b99d')).toBe('uuid');
  expect(kindOf('01a22252-5e9a-7d40-82ff')).toBe('text');
  expect(kindOf('shard:web01/ssh/sessions-2026-05-08.jsonl#0b2c')).toBe('reference');
  expect(kindOf('shard:web01')).toBe('text');
  for (const a of ['192.0.2.5', '255.255.255.255', '2001:db8::1', '::1']) expect(kindOf(a)).toBe('address');
  for (const a of ['192.0.2', '256.0.0.1', 'web01', '1:2', 'typed']) expect(kindOf(a)).toBe('text');
});

test('values are found by their label, spaced or not', () => {
  expect(values('typed')[0]).toBe('motor.input_modality=typed');
  expect(values('llm_heavyweight')).toEqual(['cognitive.inter_command_latency_class=llm_heavyweight']);
  expect(values('LLM heavyweight')).toEqual(['cognitive.inter_command_latency_class=llm_heavyweight']);
  expect(values('llm')).toEqual(['cognitive.inter_command_latency_class=llm_lightweight', 'cognitive.inter_command_latency_class=llm_heavyweight']);
});

test('values are found by everyday words, in any form', () => {
  expect(values('types by hand')).toEqual(['motor.input_modality=typed']);
  expect(values('type by hand')).toEqual(['motor.input_modality=typed']);
  expect(values('pastes')).toContain('motor.input_modality=pasted');
});

test('a value and its title together mean that value', () => {
  expect(values('tab habitual')).toEqual(['motor.shell_mastery.tab_completion=habitual']);
  expect(values('completion')).toEqual([]);
  expect(values('motor.input_modality=mixed')).toEqual(['motor.input_modality=mixed']);
});

test('primitives are found by name and title', () => {
  expect(primitivesLike(registry, 'tab')[0]?.name).toBe('motor.shell_mastery.tab_completion');
  expect(primitivesLike(registry, 'input modality').map((p) => p.name)).toEqual(['motor.input_modality']);
  expect(primitivesLike(registry, 'time between commands').map((p) => p.name)).toEqual(['cognitive.inter_command_latency_class']);
  expect(primitivesLike(registry, '  ')).toEqual([]);
  expect(primitivesLike(registry, 'nothing of the kind')).toEqual([]);
});
