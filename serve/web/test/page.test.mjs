// The page as its users meet it: the real binary, a real browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { openBrowser, System, until, Visitor } from './kit.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser;
let system;
let visitor;
let link;

before(async () => {
  browser = await openBrowser();
  system = await new System().start();
});

after(async () => {
  await browser?.close();
  await system?.remove();
});

test('an empty system says what to do next', async () => {
  link = system.login('operator');
  visitor = await Visitor.enter(browser, system, link);
  await visitor.page.getByText('Nothing has been recorded yet.').waitFor();
  assert.match(await visitor.page.textContent('main'), /gait doctor/);
  assert.equal(new URL(visitor.page.url()).hash, '', 'the token has left the address');
  visitor.clean();
});

test('a used link lets nobody in, and says so', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  await page.getByText(/used, has expired, or never was one/).waitFor();
  await page.context().close();
});

test('an attacker appears live while the page is open', async () => {
  system.simulate('--count', '30', '--seed', '7');
  const row = visitor.page.locator('main ul.sessions li').first();
  await row.waitFor();
  assert.match(await row.textContent(), /ago|just now/);
  await visitor.page.locator('main ul.sessions li').nth(1).waitFor(); // others come after it
  await visitor.page.getByText('Everything works').waitFor();
  visitor.clean();
});

test('after the server restarts the page goes on by itself, with nothing missing', async () => {
  visitor.expected = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE|net::/;
  await visitor.goto('/');
  await visitor.page.locator('main ul.sessions li').first().waitFor();
  await visitor.page.evaluate(() => (window.kept = true));
  const still = await visitor.open(); // a view without a live stream
  await still.goto(`${system.base}/primitives`);
  await still.waitForSelector('main h1');
  const known = new Set((await visitor.api('/sessions?limit=200')).items.map((s) => s.evidence_ref));
  await system.stop();
  for (const page of [visitor.page, still]) await page.getByText('The connection to gait is lost').waitFor();
  await visitor.page.bringToFront(); // a page that nobody sees draws nothing
  // What happens while it is away is on disk, and is found when it is back.
  system.simulate('--count', '3', '--seed', '8', '--kinds', 'human');
  await system.start();
  const seen = () => visitor.page.locator('main ul.sessions li a.when').evaluateAll((all) => all.map((a) => decodeURIComponent(a.pathname.slice('/sessions/'.length))));
  const newest = await until('the API knows the new sessions', async () => {
    const list = await visitor.page.evaluate(async () => (await fetch('/api/v1/sessions?limit=200')).json()).catch(() => undefined);
    const fresh = list?.items?.filter((s) => !known.has(s.evidence_ref)) ?? [];
    return fresh.length === 3 && fresh.every((s) => s.state === 'profiled') ? fresh.map((s) => s.evidence_ref) : undefined;
  });
  await until('the page shows them', async () => {
    const shown = await seen();
    return newest.every((ref) => shown.includes(ref));
  });
  for (const page of [visitor.page, still]) await page.getByText('The connection to gait is lost').waitFor({ state: 'hidden' });
  await still.close();
  assert.equal(await visitor.page.evaluate(() => window.kept), true, 'the page was not loaded anew');
  visitor.clean();
  visitor.expected = undefined;
});

/** Addresses of all views, with something in each. */
async function views() {
  const [session] = (await visitor.api('/sessions?filter=motor.input_modality=typed&sort=duration&limit=1')).items;
  const [attacker] = (await visitor.api('/attackers?sort=sessions&limit=1')).items;
  const others = (await visitor.api('/attackers?limit=2')).items;
  const ref = encodeURIComponent(session.evidence_ref);
  return [
    '/',
    '/attackers',
    '/attackers?filter=motor.input_modality%3Dtyped',
    `/attackers/${attacker.uuid}`,
    `/attackers/${attacker.uuid}?explain=motor.input_modality`,
    '/sessions',
    `/sessions/${ref}`,
    `/sessions/${ref}?explain=motor.input_modality`,
    '/compare',
    `/compare?kind=attackers&a=${others[0].uuid}&b=${others[1].uuid}`,
    '/primitives',
    '/primitives/motor.keystroke_cadence',
    '/parked',
    '/search?q=typed',
    '/nowhere-at-all'.replace('nowhere-at-all', 'primitives/no.such'),
  ];
}

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 390]) {
    test(`all views, ${colorScheme}, ${width} pixels: no error, no overflow, no serious fault of access`, async () => {
      const { page } = visitor;
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      const faults = [];
      visitor.expected = /404 \(Not Found\)/; // of the primitive that is not there
      for (const path of await views()) {
        await visitor.goto(path);
        await page.waitForLoadState('networkidle').catch(() => {});
        await page.waitForTimeout(300); // what is drawn a frame or two later
        await visitor.fits();
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        for (const v of violations.filter((x) => ['serious', 'critical'].includes(x.impact))) {
          faults.push(`${path}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3)}`);
        }
      }
      assert.deepEqual(faults, []);
      visitor.clean();
      visitor.expected = undefined;
    });
  }
}

test('logging out ends the session', async () => {
  const { page } = visitor;
  await page.setViewportSize({ width: 1280, height: 800 });
  await visitor.goto('/');
  await page.getByRole('button', { name: /Menu/ }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('You are logged out.').waitFor();
  assert.equal(await page.evaluate(async () => (await fetch('/api/v1/whoami')).status), 401);
});
