// What the browser tests have in common: the real binary on an empty data
// folder, a real browser, and an eye on everything that a page must not do.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** The binary under test; `make build` puts it there. */
export const gait = process.env.GAIT ?? join(root, 'bin/gait');

const browserAt = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Starts a browser that talks to nobody but the page's server. */
export async function openBrowser() {
  assert.ok(browserAt, 'no Chromium is installed: apt-get install chromium, or set CHROMIUM');
  return chromium.launch({
    executablePath: browserAt,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A gait of the test's own, with its data in a temporary folder. */
export class System {
  constructor(flags = []) {
    this.dir = mkdtempSync(join(tmpdir(), 'gait-page-'));
    this.data = join(this.dir, 'data');
    this.shards = join(this.data, 'shards');
    this.flags = flags;
    this.listen = '127.0.0.1:0';
    this.log = '';
  }

  /** Starts it; the second time it listens where it did before. */
  async start() {
    this.process = spawn(gait, ['run', '--data', this.data, '--config', 'none', '--listen', this.listen, ...this.flags], { cwd: this.dir });
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on('data', (b) => (this.log += b));
    this.ended = new Promise((resolve) => this.process.once('exit', resolve));
    try {
      const at = await until('gait listens', () => (this.process.exitCode === null ? /listening on http:\/\/(\S+)/.exec(this.log) : ['', '']), () => this.log);
      assert.notEqual(at[1], '', `gait ended: ${this.log}`);
      this.listen = at[1];
    } catch (e) {
      this.process.kill('SIGKILL');
      throw e;
    }
    this.base = `http://${this.listen}`;
    this.log = '';
    return this;
  }

  async stop() {
    this.process.kill('SIGINT');
    await this.ended;
  }

  async remove() {
    if (this.process?.exitCode === null) await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Runs a command of gait's on the data, and gives what it printed. */
  run(...args) {
    const r = spawnSync(gait, args, { encoding: 'utf8', cwd: this.dir });
    assert.equal(r.status, 0, `gait ${args.join(' ')}: ${r.stderr}`);
    return r.stdout;
  }

  /** A new link for a role. */
  login(role) {
    return /http:\S+/.exec(this.run('login', '--data', this.data, '--config', 'none', '--role', role))[0];
  }

  /** Has visitors come. */
  simulate(...args) {
    this.run('simulate', '-q', '--shards', this.shards, '--speed', 'instant', '--rate', '1000', ...args);
  }

  /** Writes a shard of lines, each an object or a text as it is. */
  shard(decoy, lines) {
    const dir = join(this.shards, decoy, 'ssh', 'transcripts');
    mkdirSync(dir, { recursive: true });
    const file = join(dir, `sessions-${new Date().toISOString().slice(0, 10)}.jsonl`);
    appendFileSync(file, lines.map((l) => (typeof l === 'string' ? l : JSON.stringify(l)) + '\n').join(''));
  }

  /** Appends to a file. */
  append(path, text) {
    appendFileSync(path, text);
  }

  /** Writes a file that was finished an hour ago, beside the data folder. */
  file(name, content) {
    const path = join(this.dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    const then = Date.now() / 1000 - 3600;
    utimesSync(path, then, then);
    return path;
  }
}

/** Asks until there is an answer, at most for so long. */
export async function until(what, ask, more = () => '', longest = 60_000) {
  for (const end = Date.now() + longest; ; ) {
    const answer = await ask();
    if (answer) return answer;
    assert.ok(Date.now() < end, `${what}: not within ${longest} ms. ${more()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A browser's profile of its own, logged in by a link, watched. */
export class Visitor {
  static async enter(browser, system, link, options = {}) {
    const v = new Visitor();
    v.system = system;
    v.wrong = [];
    v.context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    await v.context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
    });
    v.page = await v.open();
    await v.page.goto(link);
    await v.page.waitForSelector('header');
    return v;
  }

  async open() {
    const page = await this.context.newPage();
    page.setDefaultTimeout(60_000); // as until() waits; machines may be busy
    page.on('console', (m) => {
      if (['error', 'warning'].includes(m.type()) && !this.expected?.test(m.text())) this.wrong.push(`${m.type()}: ${m.text()} (${page.url()})`);
    });
    page.on('pageerror', (e) => this.wrong.push(`exception: ${e.stack}`));
    page.on('dialog', (d) => (this.wrong.push(`dialog: ${d.message()}`), d.dismiss()));
    page.on('popup', () => this.wrong.push('a window was opened'));
    page.on('request', (r) => {
      const url = new URL(r.url());
      if (url.origin !== this.system.base && !['data:', 'blob:'].includes(url.protocol)) this.wrong.push(`request to ${r.url()}`);
    });
    return page;
  }

  /** Goes to an address of the page, and waits for its heading. */
  async goto(path) {
    await this.page.goto(this.system.base + path);
    await this.page.waitForSelector('main h1');
  }

  /** Asks the API as the browser would. */
  api(path) {
    return this.page.evaluate(async (p) => (await fetch('/api/v1' + p)).json(), path);
  }

  /** Fails where the page did anything that it must not. */
  clean() {
    assert.deepEqual(this.wrong, []);
  }

  /** Fails where the page is wider than the window. */
  async fits() {
    const over = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `${this.page.url()} is ${over} pixels wider than the window`);
  }

  async leave() {
    await this.context.close();
  }
}
