// What is concluded of an attacker from all sessions: badges, their reasons, live.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser, System, until, Visitor } from './kit.mjs';

let browser;
let system;
let visitor;
let uuid;

const come = (kind, count, seed) => system.simulate('--kinds', kind, '--count', String(count), '--seed', String(seed), '--addresses', '1', '--decoys', '1');
const badge = () => visitor.page.locator('main li:has(h3[title="motor.input_modality"]) .standing');

before(async () => {
  browser = await openBrowser();
  system = await new System().start();
  visitor = await Visitor.enter(browser, system, system.login('viewer'));
  come('human', 5, 11);
  uuid = await until('the attacker is there', async () => (await visitor.api('/attackers')).items[0]?.uuid);
});

after(async () => {
  await browser?.close();
  await system?.remove();
});

test('a word beside a value says that it is stable, and why', async () => {
  const { page } = visitor;
  await visitor.goto(`/attackers/${uuid}`);
  const button = badge().getByRole('button', { name: 'stable' });
  await button.waitFor();
  const why = badge().getByRole('tooltip');
  await why.waitFor({ state: 'hidden' });
  await button.hover();
  await why.waitFor();
  assert.match(await why.textContent(), /of the last 5 observations are typed/);
  await visitor.fits();
  await page.mouse.move(0, 0);
  await why.waitFor({ state: 'hidden' });
  await button.focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab'); // the focus comes by keyboard
  await why.waitFor();
  assert.ok(await button.evaluate((b) => document.getElementById(b.getAttribute('aria-describedby')) !== null), 'the reason is named to readers');
  await page.keyboard.press('Escape');
  await why.waitFor({ state: 'hidden' });
  visitor.clean();
});

test('who is at the keys and the client they come with have words too', async () => {
  const { page } = visitor;
  await page.locator('main li:has(h3[title="gait.operator"]) .standing button').waitFor();
  const client = page.locator('main li:has([title="client.version"])');
  await client.getByText('SSH-2.0-OpenSSH_9.2p1 Debian-2').waitFor();
  await client.getByRole('button', { name: 'stable' }).hover();
  await client.getByText('One and the same in the 24 hours before').waitFor();
  await page.mouse.move(0, 0);
  await visitor.fits();
  visitor.clean();
});

test('it changes while the page is open, without being asked', async () => {
  await visitor.page.evaluate(() => (window.kept = true));
  come('loader', 5, 12);
  const change = await until('the state changes', async () => {
    const { states } = await visitor.api(`/attackers/${uuid}/attribution`);
    const now = states.find((s) => s.primitive === 'motor.input_modality');
    return now && now.state !== 'stable' ? now : undefined;
  });
  await badge().getByRole('button', { name: change.state.replaceAll('_', ' ') }).waitFor();
  assert.equal(await visitor.page.evaluate(() => window.kept), true, 'the page was not loaded anew');
  visitor.clean();
});

test('the reason fits a narrow window', async () => {
  const { page } = visitor;
  await page.setViewportSize({ width: 390, height: 844 });
  await badge().getByRole('button').hover();
  await badge().getByRole('tooltip').waitFor();
  await visitor.fits();
  visitor.clean();
});

test('attackers who type alike are linked; an operator decides, and takes it back', async () => {
  const typing = await new System(['--typist']).start();
  try {
    const operator = await Visitor.enter(browser, typing, typing.login('operator'));
    const viewer = await Visitor.enter(browser, typing, typing.login('viewer'));
    typing.simulate('--kinds', 'human', '--count', '1', '--seed', '21', '--addresses', '1', '--decoys', '1');
    const first = await until('the first is there', async () => (await operator.api('/sessions')).items.find((s) => s.state === 'profiled'));
    // The same keys once more, from elsewhere.
    const file = readdirSync(typing.shards, { recursive: true }).find((f) => f.endsWith('.jsonl'));
    const id = first.session_id;
    const again = readFileSync(join(typing.shards, file), 'utf8').replaceAll(id, id.slice(0, -4) + '7777').replaceAll(first.address, '203.0.113.77');
    typing.append(join(typing.shards, file), again);
    const [link] = await until('they are linked', async () => ((l) => l.length > 0 && l)((await operator.api('/links')).items));
    const path = `/attackers/${first.attacker_uuid}`;
    for (const v of [viewer, operator]) {
      await v.goto(path);
      await v.page.getByRole('heading', { name: 'Perhaps the same person' }).waitFor();
      await v.page.getByRole('link', { name: '203.0.113.77' }).waitFor();
      await v.page.getByText('What it rests on').click();
      await v.page.getByText('the typing, at equal odds before').waitFor();
      await v.fits();
    }
    assert.equal(await viewer.page.getByRole('button', { name: 'One person' }).count(), 0, 'a viewer decides nothing');
    await operator.page.getByRole('button', { name: 'One person' }).click();
    await operator.page.getByText('taken for one person').waitFor();
    await viewer.page.getByText('taken for one person').waitFor(); // live
    assert.equal((await operator.api(`${path}/attribution`)).identity_ref, link.id);
    await operator.page.getByRole('button', { name: 'Undo' }).click();
    await operator.page.getByText('to 1 that they are one person').waitFor();
    assert.equal((await operator.api(`${path}/attribution`)).identity_ref, first.attacker_uuid);
    operator.clean();
    viewer.clean();
    await operator.leave();
    await viewer.leave();
  } finally {
    await typing.remove();
  }
});
