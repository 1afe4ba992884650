// What was built: small enough, and nothing in it that the policy would stop.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../dist');
const files = readdirSync(join(dist, 'assets')).map((name) => ({ name, content: readFileSync(join(dist, 'assets', name)) }));

const mostScript = 200 * 1000; // bytes of all JavaScript, as gzip
const mostFirst = 60 * 1000; // and of what the first view loads

test('all JavaScript together stays small', (t) => {
  const scripts = files.filter((f) => f.name.endsWith('.js'));
  assert.ok(scripts.length > 5, 'views are scripts of their own');
  const size = scripts.reduce((n, f) => n + gzipSync(f.content, { level: 9 }).length, 0);
  t.diagnostic(`${size} bytes of JavaScript, as gzip`);
  assert.ok(size < mostScript, `${size} bytes of JavaScript as gzip`);
});

test('the first script is small, and holds neither player nor charts', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((m) => readFileSync(join(dist, m[1])));
  assert.ok(first.length > 0);
  const size = first.reduce((n, b) => n + gzipSync(b, { level: 9 }).length, 0);
  assert.ok(size < mostFirst, `${size} bytes as gzip`);
});

test('the document holds no code and no style of its own, and names no other host', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)/);
  assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=/);
  assert.doesNotMatch(html, /https?:\/\//);
  const styles = files.filter((f) => f.name.endsWith('.css'));
  assert.ok(styles.length > 0);
  for (const f of styles) assert.doesNotMatch(f.content.toString(), /url\(["']?https?:|@import/);
});
