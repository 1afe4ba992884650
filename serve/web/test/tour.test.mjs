// What people come for: who types like a person, and why the page thinks so;
// and the rest of what they do on the way.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, System, until, Visitor } from './kit.mjs';

let browser;
let system;
let operator;
let viewer;
let syslog;

before(async () => {
  browser = await openBrowser();
  system = new System();
  syslog = system.file('syslog.log', '');
  system.flags = ['--syslog', `file:${syslog}`];
  system.simulate('--count', '60', '--seed', '5', '--addresses', '12');
  await system.start();
  operator = await Visitor.enter(browser, system, system.login('operator'));
  viewer = await Visitor.enter(browser, system, system.login('viewer'));
  await until('all are profiled', async () => {
    const { sessions } = await operator.api('/stats');
    return sessions.profiled >= 55 && !sessions.waiting;
  });
});

after(async () => {
  await browser?.close();
  await system?.remove();
});

test('from Now to the keys: who types like a person, and why the page thinks so', async () => {
  const { page } = operator;
  await operator.goto('/');
  await page.getByRole('link', { name: /types by hand/ }).click();
  await page.waitForURL(/\/attackers\?.*motor\.input_modality/);
  await page.locator('main a[href^="/attackers/"]').first().click();
  await page.waitForURL(/\/attackers\/[0-9a-f-]{36}/);
  await page.getByRole('button', { name: /types by hand/ }).click();
  await page.getByText('What would have changed it first').waitFor();
  assert.match(page.url(), /explain=motor\.input_modality/, 'the address keeps what is open');
  await page.getByRole('link', { name: /time line/ }).first().click();
  await page.waitForURL(/\/sessions\/.*explain=motor\.input_modality/);
  await page.getByText(/was made of \d+/).waitFor();
  // What it was made of is marked: the picture differs when the marks are gone.
  const lanes = page.getByRole('slider', { name: 'Place in the session' });
  const marked = await lanes.screenshot();
  await page.getByRole('button', { name: 'Take marks away' }).click();
  await until('the marks are gone from the time line', async () => !(await lanes.screenshot()).equals(marked));
  operator.clean();
});

test('a session says who is at the keys, and every term of it is one click away', async () => {
  const { page } = operator;
  const [s] = (await operator.api('/sessions?filter=gait.operator=script&sort=duration&limit=1')).items;
  const path = `/sessions/${encodeURIComponent(s.evidence_ref)}`;
  const { items: terms } = await operator.api(`${path}/reasons/gait.operator`);
  assert.ok(terms.length > 0);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await operator.goto(path);
    await page.locator('main header', { hasText: /At the keys: *a script or bot *probability/ }).waitFor();
    await page.getByRole('button', { name: 'Why: who is at the keys' }).click();
    await page.getByText('What led to it').waitFor();
    assert.match(page.url(), /explain=gait\.operator/, 'the address keeps what is open');
    const shown = await page.locator('table.terms tbody td:last-child').allTextContents();
    assert.deepEqual(shown, terms.map((t) => t.text), 'the strongest first');
    assert.ok(await page.locator('[id="value-gait.operator"]').evaluate((b) => b === document.activeElement), 'the focus is there');
    await operator.fits();
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  operator.clean();
});

test('replay plays, seeks, and steps from command to command', async () => {
  const { page } = operator;
  const [s] = (await operator.api('/sessions?filter=motor.input_modality=typed&sort=duration&limit=1')).items;
  await operator.goto(`/sessions/${encodeURIComponent(s.evidence_ref)}`);
  const screen = page.locator('.ap-term').first();
  await screen.waitFor();
  const text = () => screen.evaluate((e) => e.textContent);
  const at = () => page.getByRole('slider', { name: 'Place in the session' }).getAttribute('aria-valuenow').then(Number);
  await until('there is something to play', () => page.getByRole('button', { name: 'Play', exact: true }).isEnabled());
  const empty = await text();
  await page.getByRole('button', { name: '8 times as fast' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await until('it plays', async () => (await at()) > 5 && (await text()) !== empty);
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  const paused = await at();
  await page.keyboard.press(']');
  await until('the next command is there', async () => (await at()) > paused);
  const { items: commands } = await operator.api(`/sessions/${encodeURIComponent(s.evidence_ref)}/commands`);
  assert.equal(commands.length, s.commands);
  const here = await at();
  assert.ok(commands.some((c) => Math.abs(c.start - here) < 0.1), `${here} is the start of a command`);
  // The place stands in the address, and a link to it leads there.
  await until('the address keeps the place', async () => new URL(page.url()).searchParams.get('t') !== null);
  await page.reload();
  await screen.waitFor();
  await until('the place is kept', async () => Math.abs((await at()) - here) < 1);
  operator.clean();
});

test('a panel fills live while it is open', async () => {
  const { page } = operator;
  const before = (await operator.api('/attackers?sort=sessions&limit=1')).items[0];
  await operator.goto(`/attackers/${before.uuid}`);
  await page.getByText(new RegExp(`\\b${before.sessions} sessions\\b`)).first().waitFor();
  await page.evaluate(() => (window.kept = true));
  await until('the attacker comes again', async () => {
    system.simulate('--count', '6', '--addresses', '12', '--kinds', 'loader,agent');
    return (await operator.api(`/attackers/${before.uuid}`)).sessions > before.sessions;
  });
  await until('the page counts it', async () => {
    const now = (await operator.api(`/attackers/${before.uuid}`)).sessions;
    return (await page.textContent('main')).includes(`${now} sessions`);
  });
  assert.equal(await page.evaluate(() => window.kept), true, 'the page was not loaded anew');
  operator.clean();
});

test('two attackers are compared from the list', async () => {
  const { page } = operator;
  await operator.goto('/attackers');
  const picks = page.getByRole('checkbox', { name: /^Compare/ });
  await picks.nth(0).check();
  await picks.nth(1).check();
  await page.getByRole('link', { name: 'Side by side' }).click();
  await page.waitForURL(/\/compare\?/);
  await page.getByText(/agree in \d+ of \d+ values/).waitFor();
  await page.getByText('Gaps between keys').waitFor();
  await page.getByText(/differs|same/).first().waitFor();
  operator.clean();
});

test('search from anywhere leads to addresses, sessions and values', async () => {
  const { page } = operator;
  const [attacker] = (await operator.api('/attackers?limit=1')).items;
  const [session] = (await operator.api('/sessions?limit=1')).items;
  await operator.goto('/primitives');
  for (const [words, arrives] of [
    [attacker.address, new RegExp(`/attackers/${attacker.uuid}`)],
    [session.session_id, /\/sessions\/.+/],
    ['pastes', /\/search\?q=pastes/],
  ]) {
    await page.keyboard.press('/');
    await page.keyboard.type(words);
    await page.keyboard.press('Enter');
    await page.waitForURL(arrives);
  }
  await page.getByRole('link', { name: /\d+ attackers/ }).first().click();
  await page.waitForURL(/\/attackers\?filter=/);
  await page.locator('main a[href^="/attackers/"]').first().waitFor();
  await operator.goto(`/search?q=${session.decoy}`);
  await page.getByRole('link', { name: 'its sessions' }).first().click();
  await page.waitForURL(/\/sessions\?decoy=/);
  await page.locator('main ul.sessions li').first().waitFor();
  operator.clean();
});

test('a session that waits is shown with its cause, and goes on when it is tried again', async () => {
  const sid = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
  const time = new Date(Date.now() - 60_000).toISOString();
  system.append(syslog, `<134>1 ${time} decky-01 sessrec - session_recorded [relay@55555 sid="${sid}" service="ssh" src_ip="198.51.100.9" duration_s="9" bytes="10" truncated="false"]\n`);
  await until('it waits', async () => (await operator.api('/waiting')).items.length > 0);
  for (const v of [viewer, operator]) {
    await v.goto('/parked');
    await v.page.getByText('What to do:').first().waitFor();
  }
  assert.equal(await viewer.page.getByRole('button', { name: /Try .* again now/ }).count(), 0, 'a viewer cannot retry');
  system.shard('decky-01', [
    { sid, hdr: { version: 2, width: 80, height: 24, timestamp: Math.floor(Date.now() / 1000) - 70, env: {} } },
    ...[...'id\r'].map((d, i) => ({ sid, t: 1 + i / 5, ch: 'i', d })),
    { sid, t: 2, ch: 'o', d: 'uid=0(root)\r\n' },
    { sid, t: 9, ch: 'i', d: '\u0004' },
  ]);
  await operator.page.getByRole('button', { name: /Try it again now/ }).click();
  await operator.page.getByText(/was released and is tried again now|have gone on meanwhile/).waitFor();
  await until('it is profiled', async () => (await operator.api(`/sessions/${sid}`)).state === 'profiled');
  await operator.goto('/parked');
  await operator.page.getByText('All is well').waitFor();
  const { items } = await operator.api('/audit');
  assert.ok(items.some((x) => x.action === 'retry'), 'who retried is noted');
  operator.clean();
  viewer.clean();
});

test('a viewer sees values and timing, and no text', async () => {
  const { page } = viewer;
  const [s] = (await viewer.api('/sessions?filter=motor.input_modality=typed&sort=duration&limit=1')).items;
  const { items: commands } = await operator.api(`/sessions/${encodeURIComponent(s.evidence_ref)}/commands`);
  await viewer.goto(`/sessions/${encodeURIComponent(s.evidence_ref)}?explain=motor.keystroke_cadence`);
  await page.getByText(/was made of \d+/).waitFor();
  await page.waitForLoadState('networkidle').catch(() => {});
  const shown = await page.textContent('body');
  const long = commands.map((c) => c.text).filter((x) => x.length > 12);
  assert.ok(long.length > 0);
  for (const text of long) assert.ok(!shown.includes(text), 'a command is shown to a viewer');
  assert.equal(await page.locator('.ap-term').count(), 0, 'no player');
  assert.match(shown, /operator/);
  viewer.clean();
});

test('all by keyboard: a theme is chosen without a mouse, and kept', async () => {
  const { page } = viewer;
  await viewer.goto('/');
  await page.getByRole('button', { name: /Menu/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: 'Dark' }).focus();
  await page.keyboard.press('Space');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await page.keyboard.press('Escape');
  await page.reload();
  await page.waitForSelector('main h1');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  viewer.clean();
});
