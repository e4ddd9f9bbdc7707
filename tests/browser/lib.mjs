// What every test of a page uses: a browser, a page that is watched, axe, and pictures.
//
// A test is written with `pageTest`. It fails on anything that a user of the page would not see but should not happen: a line of an error in
// the console (what the content security policy blocks is one), an exception, a request that fails, a request to another origin.

import assert from 'node:assert/strict';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';

// `infra/local/tools.sh browser` prints the folder; run.sh sets it.
const modules = createRequire(join(setting('PONTE_BROWSER_MODULES'), 'package.json'));
const { chromium } = modules('playwright-core');
const axeSource = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');

/** How long one step may take: on the deployed stack, a message through cold functions on a small machine. */
export const STEP = 45_000;

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing outside of this machine has an address.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** A variable that run.sh sets. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with tests/browser/run.sh`);
  return value;
}

/** Where Chromium is: PONTE_CHROMIUM, /usr/bin/chromium, or the first of the PATH. */
export function findChromium() {
  const inPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'));
  const found = [process.env.PONTE_CHROMIUM, '/usr/bin/chromium', ...inPath].find((path) => path && runs(path));
  if (!found) throw new Error('there is no chromium; infra/browser/install.sh installs it');
  return found;
}

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let browser;
/** One browser for each file of tests. Its folder of user data is new and empty, and gone afterwards. */
export async function launch() {
  browser ??= chromium.launch({ executablePath: findChromium(), headless: true, args: FLAGS });
  return browser;
}
// In a test run only: pictures.mjs closes it itself.
if (process.env.NODE_TEST_CONTEXT) after(async () => (await browser)?.close());

/**
 * A page in a context of its own, watched. `url` is where the pages are: no request may go elsewhere.
 *
 * `locale` sets Accept-Language; `width` and `height` are CSS pixels; `scheme` is light or dark; `allow` lists what may happen all the same, as
 * regular expressions over the lines of `troubles`. More goes to Playwright's `newContext` as it is.
 */
export async function openPage({
  url, locale = 'pt-BR', width = 1280, height = 900, scheme = 'light', allow = [], ...more
}) {
  const context = await (await launch()).newContext({
    locale, viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce', ...more,
  });
  context.setDefaultTimeout(STEP);
  const page = await context.newPage();
  const troubles = watch(page, new URL(url).origin);
  const close = async () => {
    await context.close();
    const left = troubles.filter((trouble) => !allow.some((one) => one.test(trouble)));
    assert.deepEqual(left, [], 'what happened beside the test');
  };
  return { page, context, troubles, close };
}

/** Writes down what should not happen on a page. */
function watch(page, origin) {
  const troubles = [];
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, origin: to } = new URL(request.url());
    if (protocol !== 'data:' && to !== origin) troubles.push(`another origin: ${request.url()}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // What a page is still loading ends when somebody leaves it, and so does a stream of events.
    if (request.method() === 'GET' && !request.isNavigationRequest() && reason === 'net::ERR_ABORTED') return;
    troubles.push(`failed: ${request.method()} ${request.url()} ${reason}`);
  });
  return troubles;
}

/** A test with a page: `body` gets the page, and `options` are those of `openPage`. */
export function pageTest(name, options, body) {
  test(name, { timeout: 10 * STEP }, async () => {
    const opened = await openPage(options);
    let failed = true;
    try {
      await body(opened.page, opened);
      failed = false;
    } finally {
      // The first fault is the one to tell.
      if (failed) {
        await picture(opened.page, `failed-${name.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}`).catch(() => {});
        await opened.close().catch((error) => console.error(error.message));
      } else {
        await opened.close();
      }
    }
  });
}

/** No violation of WCAG 2.0, 2.1 and 2.2, A and AA, in the page as it is now. Gives how many rules were checked and passed. */
export async function accessible(page) {
  // Evaluated by the debugger, which no content security policy stops.
  await page.evaluate(axeSource);
  const { violations, passes } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      preload: false,
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    }),
  );
  const told = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html}\n  ${failureSummary}`),
  );
  assert.equal(told.length, 0, `axe:\n${told.join('\n')}`);
  return passes.length;
}

/** Nothing is wider than the page: a reader never scrolls sideways. */
export async function fits(page) {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(inner <= outer, `the page is ${inner} pixels wide, and the window ${outer}`);
}

/** A picture of the page, to look at: into PONTE_BROWSER_PICTURES, else beside the stack's folder. */
export async function picture(page, name, options = {}) {
  const folder = process.env.PONTE_BROWSER_PICTURES ?? join('.ponte', 'pictures');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', ...options });
  return path;
}
