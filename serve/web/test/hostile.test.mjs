// Visitors who try to get out of their recordings and into the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, System, until, Visitor } from './kit.mjs';

// Each of them marks the window where it runs.
const attacks = [
  '<script>window.ran="script"</script>',
  '<img src=x onerror="window.ran=\'img\'">',
  '<svg onload="window.ran=\'svg\'"><a xlink:href="javascript:window.ran=1">x</a></svg>',
  '"><iframe srcdoc="<script>parent.ran=1</script>">',
  "javascript:window.ran='url'",
  '{@html "<b>"}{{constructor.constructor("window.ran=1")()}}',
  '\u202egnp.exe\u202c \u2066\u2067\u200b\u200d\ufeff\u2028\u00ad',
  'Z' + '\u0300\u0301\u0302'.repeat(300),
  'W'.repeat(5000),
];
const escapes = [
  '\x1b]0;window title\x07',
  '\x1b]8;;javascript:window.ran=1\x1b\\click\x1b]8;;\x1b\\',
  '\x1b]52;c;d2luZG93\x07',
  '\x1b[?1049h\x1b[2J\x1b[999;999H\x1b[38;5;196m\x1b[8m',
  '\x1b[9999999999C\x1b[;;;;;;;;;;;;;;;;;;;;;;;;m\x1bP1;1|\x9c\x1b_Gf=100;AAAA\x1b\\',
  '\ud800\udc00\udfff\u0000\u0007\u009b31m',
];

let browser;
let system;

/** A shard session of which everything that can be chosen is an attack. */
function session(n, address) {
  const sid = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const attack = attacks[n % attacks.length];
  const at = Math.floor(Date.now() / 1000) - 600 + n;
  const lines = [
    {
      sid,
      hdr: { version: 2, width: 80, height: 24, timestamp: at, env: { SHELL: attack, TERM: attack }, src_ip: address, src_port: 4242, service: 'ssh', client: attack },
    },
  ];
  let t = 0.5;
  const say = (ch, d) => lines.push({ sid, t: (t += 0.2), ch, d });
  for (const text of [...attacks, ...escapes]) {
    say('o', `root@${attack}:~# `);
    for (const key of text.slice(0, 40)) say('i', key);
    say('i', text);
    say('i', '\r');
    say('o', text);
  }
  say('r', '99999x99999');
  say('r', attack);
  lines.push({ sid, end: { t: t + 1, reason: attack, events: lines.length - 1, bytes_i: 1, bytes_o: 1 } });
  return lines;
}

before(async () => {
  browser = await openBrowser();
  system = new System();
  system.flags = ['--recordings', system.file('recordings/.keep', '').slice(0, -6)];
  // Addresses that are none, among some that are.
  const addresses = ['203.0.113.9', attacks[0], '2001:db8::1', 'fe80::1%<b>', attacks[1], '198.51.100.1', '\u202e1.2.3.4', '::ffff:203.0.113.9', attacks[5]];
  system.shard('web-01', addresses.flatMap((a, n) => session(n, a)));
  // A line of 10 MB, output without an end of line, and lines that are no JSON.
  const sid = '00000000-0000-4000-8000-0000000000ff';
  system.shard('web-02', [
    { sid, hdr: { version: 2, width: 80, height: 24, timestamp: Math.floor(Date.now() / 1000) - 60, env: {}, src_ip: '203.0.113.77' } },
    { sid, t: 1, ch: 'i', d: 'cat big\r' },
    { sid, t: 2, ch: 'o', d: '<b>'.repeat(3_500_000) },
    ...Array.from({ length: 30 }, (_, i) => ({ sid, t: 3 + i / 10, ch: 'o', d: '<u>&amp;'.repeat(50_000) })),
    '{"sid":"<script>","t":',
    attacks[0],
    { sid, end: { t: 9, reason: 'exit', events: 33, bytes_i: 8, bytes_o: 10_500_000 } },
  ]);
  // Files whose names are attacks, some of them no recordings.
  for (const [i, name] of ['<img src=x onerror=window.ran=1>.cast', '\u202etsac.exe.cast', "'; drop table sessions;--.cast", `${'n'.repeat(200)}.cast`].entries()) {
    system.file(`recordings/${name}`, `{"version":2,"width":80,"height":24,"timestamp":${1778241403 + i},"title":${JSON.stringify(attacks[0])}}\n[0.1,"i","ls\\r"]\n[0.2,"o",${JSON.stringify(attacks.join('') + i)}]\n[2.0,"i","id\\r"]\n`);
  }
  system.file('recordings/<svg onload=window.ran=1>.cast', `{"version":2,${attacks[0]}`);
  await system.start();
});

after(async () => {
  await browser?.close();
  await system?.remove();
});

/** Fails where an attack ran, or left a mark in the document. */
async function unharmed(v) {
  const { page } = v;
  assert.equal(await page.evaluate(() => window.ran), undefined, `an attack ran at ${page.url()}`);
  const grown = await page.evaluate(() => [...document.querySelectorAll('main :is(script, iframe, object, embed, b[onclick], [onerror], [onload], [srcdoc], a[href^="javascript:" i])')].map((e) => e.outerHTML.slice(0, 200)));
  assert.deepEqual(grown, [], `markup of an attacker's at ${page.url()}`);
  await v.fits();
  v.clean();
}

for (const role of ['operator', 'viewer']) {
  for (const width of [1280, 390]) {
    test(`hostile content harms nothing: ${role}, ${width} pixels`, async () => {
      const v = await Visitor.enter(browser, system, system.login(role), { viewport: { width, height: 844 } });
      const { page } = v;
      v.expected = /40[0-9] \(|422 \(/; // questions that are attacks are refused
      const known = await until('the sessions are there', async () => {
        const list = (await v.api('/sessions?limit=100')).items;
        return list.length >= 13 && list.every((s) => s.state !== 'waiting' || s.cause) ? list : undefined;
      });
      assert.ok(known.some((s) => s.state === 'profiled' || s.state === 'incomplete'));
      const attackers = (await v.api('/attackers?limit=100')).items;
      assert.ok(attackers.length >= 2);
      const hostile = encodeURIComponent(attacks[1]);
      const paths = [
        '/',
        '/attackers',
        '/sessions',
        '/parked',
        ...attackers.map((a) => `/attackers/${a.uuid}?explain=motor.input_modality`),
        ...known.map((s) => `/sessions/${encodeURIComponent(s.evidence_ref)}?explain=motor.input_modality`),
        `/compare?kind=sessions&a=${encodeURIComponent(known[0].evidence_ref)}&b=${encodeURIComponent(known[1].evidence_ref)}`,
        `/search?q=${hostile}`,
        `/search?q=${encodeURIComponent(attacks[6])}`,
        `/sessions/${hostile}`,
        `/attackers/${hostile}`,
        `/primitives/${hostile}`,
        `/compare?kind=${hostile}&a=${hostile}&b=${hostile}`,
        `/attackers?search=${hostile}&filter=${hostile}&decoy=${hostile}&sort=${hostile}&since=${hostile}&page=${hostile}`,
        `/sessions?search=${hostile}&filter=${hostile}&state=${hostile}&since=${hostile}&page=${hostile}`,
        `/?range=${hostile}`,
      ];
      for (const path of paths) {
        await v.goto(path);
        await page.waitForTimeout(role === 'operator' && path.startsWith('/sessions/') ? 450 : 150);
        await unharmed(v);
      }
      if (role === 'operator') {
        // Played from beginning to end, as fast as it goes.
        for (const s of known.filter((x) => x.decoy === 'web-01').slice(0, 3)) {
          await v.goto(`/sessions/${encodeURIComponent(s.evidence_ref)}`);
          const play = page.getByRole('button', { name: 'Play', exact: true });
          await until('there is something to play', () => play.isEnabled());
          await page.getByRole('button', { name: '8 times as fast' }).click();
          await play.click();
          const at = () => page.getByRole('slider', { name: 'Place in the session' }).getAttribute('aria-valuenow').then(Number);
          await until('it plays', async () => (await at()) > 20);
          await unharmed(v);
        }
      }
      if (role === 'viewer') {
        // What was typed and printed is nowhere in what a viewer can fetch.
        for (const s of known.slice(0, 9)) {
          const ref = encodeURIComponent(s.evidence_ref);
          for (const path of ['', '/observations', '/timeline', '/explanation', '/marks/motor.input_modality']) {
            const text = JSON.stringify(await v.api(`/sessions/${ref}${path}`));
            assert.doesNotMatch(text, /cat big|drop table/, path);
          }
          for (const path of ['/recording', '/commands', '/playback', '/playback/0']) {
            assert.equal(await page.evaluate(async (p) => (await fetch(p)).status, `/api/v1/sessions/${ref}${path}`), 403, path);
          }
        }
      }
      v.clean();
      await v.leave();
    });
  }
}
