// How fast the page is: make bench-page. Figures, not tests; compare those of
// one run.
//
//   node test/speed.mjs [sessions in the store, 100000 by itself]
import { createWriteStream, utimesSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { openBrowser, System, until, Visitor } from './kit.mjs';

const sessions = Number(process.argv[2] ?? 100_000);
const runs = 5;

/** The middle one of several figures. */
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const row = (what, ...figures) => console.log(`${what.padEnd(58)} ${figures.join('   ')}`);

/** Writes a recording of so many bytes of output over so many hours. */
async function recording(path, size, hours) {
  const out = createWriteStream(path);
  out.write('{"version":2,"width":120,"height":40,"timestamp":1778241403}\n[0.1,"i","make world\\r"]\n');
  const words = ['cc -O2 -c', 'kernel/sched/core.c', 'warning:', 'unused', '100%', 'linking', 'drivers/net', 'ok'];
  const line = (i) => `${String(i).padStart(8, '0')} ${Array.from({ length: 12 }, (_, k) => `\\u001b[${31 + ((i + k) % 7)}m${words[(i * 7 + k) % words.length]}\\u001b[0m`).join(' ')}\\r\\n`;
  const bytesOf = line(0).replaceAll('\\u001b', '.').replaceAll('\\r\\n', '..').length;
  const n = Math.ceil(size / bytesOf);
  for (let i = 0; i < n; i++) {
    if (!out.write(`[${((i / n) * hours * 3600 + 0.2).toFixed(6)},"o","${line(i)}"]\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  const then = Date.now() / 1000 - 3600; // finished a while ago
  utimesSync(path, then, then);
}

const browser = await openBrowser();
const system = new System();
try {
  system.file('recordings/.keep', '');
  system.flags = ['--recordings', join(system.dir, 'recordings')];
  await recording(join(system.dir, 'recordings/long.cast'), 50e6, 8);
  await recording(join(system.dir, 'recordings/huge.cast'), 1e9, 24);
  system.simulate('--count', String(sessions), '--seed', '3', '--addresses', String(Math.max(20, sessions / 10)));
  await system.start();
  // No page is open while they are read: it would be told of each.
  const token = /gait_[\w-]+/.exec(system.run('token', 'create', 'speed', '--role', 'operator', '--data', system.data, '--config', 'none'))[0];
  const api = async (path) => (await fetch(`${system.base}/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } })).json();
  const seen = ({ profiled = 0, incomplete = 0, empty = 0 }) => profiled + incomplete + empty;
  let stats;
  await until('all are profiled', async () => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    stats = await api('/stats');
    return seen(stats.sessions) >= sessions + 2 && stats.unannounced === 0;
  }, () => JSON.stringify(stats?.sessions), 1_200_000);
  await new Promise((resolve) => setTimeout(resolve, 5000)); // what was begun on the side ends
  row('sessions in the store', seen(stats.sessions), `${stats.attackers} attackers`);
  const v = await Visitor.enter(browser, system, system.login('operator'));
  const state = await v.context.storageState();
  await v.leave();

  /** Opens an address with a cold cache; gives ms until a selector shows. */
  async function cold(path, selector) {
    const context = await browser.newContext({ storageState: state, viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(system.base + path, { waitUntil: 'commit' });
    await page.waitForSelector(selector);
    const ms = performance.now() - began;
    await context.close();
    return ms;
  }

  for (const [what, path, selector] of [
    ['first view, all of it, cold cache: Now', '/', 'main ul.sessions li >> nth=0'],
    ['  its distributions', '/', 'main ul.bars li >> nth=0'],
    ['Attackers', '/attackers', 'main a[href^="/attackers/"] >> nth=0'],
    ['Attackers, by two filters', '/attackers?filter=motor.input_modality%3Dtyped&filter=cognitive.feedback_loop_engagement%3Dclosed_loop', 'main a[href^="/attackers/"] >> nth=0'],
    ['Attackers, by sessions', '/attackers?sort=sessions', 'main a[href^="/attackers/"] >> nth=0'],
    ['Sessions', '/sessions', 'main ul.sessions li >> nth=0'],
    ['Primitives', '/primitives', 'main h2 >> nth=0'],
  ]) {
    const list = [];
    for (let i = 0; i < runs; i++) list.push(await cold(path, selector));
    row(what, `median ${Math.round(median(list))} ms`, `most ${Math.round(Math.max(...list))} ms`);
  }

  // Recordings.
  const found = (await api('/sessions?sort=duration&limit=5')).items;
  for (const [what, s] of [
    ['50 MB over 8 hours', found.find((x) => x.duration > 7 * 3600 && x.duration < 9 * 3600)],
    ['1 GB over 24 hours, of which 64 MB are read', found.find((x) => x.bytes_out > 60e6)],
  ]) {
    if (!s) {
      row(what, 'was not found');
      continue;
    }
    const context = await browser.newContext({ storageState: state, viewport: { width: 1280, height: 1000 } });
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(`${system.base}/sessions/${encodeURIComponent(s.evidence_ref)}`, { waitUntil: 'commit' });
    const load = page.getByRole('button', { name: /recording/ }).first();
    const screen = page.locator('.ap-term').first();
    await Promise.race([screen.waitFor(), load.waitFor()]);
    row(`${what}: view`, `${Math.round(performance.now() - began)} ms`);
    if (!(await screen.isVisible())) {
      const clicked = performance.now();
      await load.click();
      await screen.waitFor();
      row('  recording opened', `${Math.round(performance.now() - clicked)} ms`);
    }
    const lanes = page.getByRole('slider', { name: 'Place in the session' });
    await lanes.scrollIntoViewIfNeeded();
    const box = await lanes.boundingBox();
    const text = () => screen.evaluate((e) => e.textContent);
    const seeks = [];
    for (const share of [0.95, 0.2, 0.6, 0.9, 0.4, 0.75, 0.3]) {
      const before = await text();
      const at = performance.now();
      await page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
      await page.waitForFunction(([e, b]) => e.textContent !== b, [await screen.elementHandle(), before], { polling: 'raf' });
      seeks.push(performance.now() - at);
    }
    row('  seeks by a click on the time line', `median ${Math.round(median(seeks))} ms`, `most ${Math.round(Math.max(...seeks))} ms`);
    const words = await page.locator('main').textContent();
    if (/cut|read up to|limit/.test(words)) row('  says', /[^.]*(?:cut|limit)[^.]*\./.exec(words)?.[0].trim().slice(0, 120) ?? '');
    await context.close();
  }
} finally {
  await browser.close();
  await system.remove();
}
