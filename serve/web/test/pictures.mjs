// Takes the pictures of the README from made-up visits: make pictures.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser, System, until, Visitor } from './kit.mjs';

const out = join(dirname(fileURLToPath(import.meta.url)), '../../../docs/pictures');
mkdirSync(out, { recursive: true });

// The same chance each time, so that pictures differ only where the page does.
let seed = 20260508;
const chance = () => (seed = (seed * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;

/** Spreads the sessions of a shard over the last day, busier in the evening. */
function spread(system) {
  for (const decoy of readdirSync(system.shards)) {
    for (const service of readdirSync(join(system.shards, decoy))) {
      const dir = join(system.shards, decoy, service, 'transcripts');
      for (const name of readdirSync(dir)) {
        const text = readFileSync(join(dir, name), 'utf8');
        rmSync(join(dir, name));
        const moved = text.replace(/"timestamp":([0-9.]+)/g, (_all, at) => `"timestamp":${Math.round(at - 86_000 * chance() ** 1.6)}`);
        writeFileSync(join(dir, name), moved);
      }
    }
  }
}

const system = new System();
const browser = await openBrowser();
try {
  system.simulate('--count', '420', '--seed', '11', '--addresses', '60');
  spread(system);
  await system.start();
  const v = await Visitor.enter(browser, system, system.login('operator'), { deviceScaleFactor: 1, colorScheme: 'light' });
  const states = () => v.api('/stats').then((s) => s.sessions);
  await until('all are profiled', async () => (await states()).profiled >= 400 && !(await states()).waiting);
  const best = '/attackers?filter=motor.input_modality=typed&filter=cognitive.feedback_loop_engagement=closed_loop&sort=sessions&limit=1';
  const [attacker] = (await v.api(best)).items;
  const sessions = (await v.api(`/attackers/${attacker.uuid}/sessions?limit=50&sort=duration`)).items;
  const session = sessions.find((s) => s.commands >= 10) ?? sessions[0];
  const views = {
    now: '/',
    attackers: '/attackers?filter=motor.input_modality%3Dtyped',
    attacker: `/attackers/${attacker.uuid}?explain=motor.input_modality`,
    session: `/sessions/${encodeURIComponent(session.evidence_ref)}?explain=motor.keystroke_cadence&t=${Math.round(session.duration * 0.4)}`,
  };
  for (const [name, path] of Object.entries(views)) {
    await v.page.emulateMedia({ colorScheme: name === 'session' ? 'dark' : 'light' });
    await v.page.setViewportSize({ width: 1280, height: name === 'session' ? 960 : 800 });
    await v.goto(path);
    await v.page.waitForLoadState('networkidle').catch(() => {});
    await v.page.waitForTimeout(1500);
    await v.page.screenshot({ path: join(out, `${name}.png`) });
    console.log(join('docs/pictures', `${name}.png`));
  }
  v.clean();
} finally {
  await browser.close();
  await system.remove();
}
