// The pictures of the pages in docs/pictures, from the running stack: `make pictures`.
//
// Beside them, pictures.json says what draws each page, with a hash over it: a test (tests/pictures.rs) finds a picture that is older than its
// page. A further picture is a further entry of PICTURES.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as supervisor from './console/story.mjs';
import { launch, openPage } from './lib.mjs';
import * as playground from './playground/story.mjs';

const FOLDER = 'docs/pictures';
const PLAYGROUND = 'infra/local/simulator/src/playground';
const CONSOLE = ['console/assets', 'console/src/page.rs', 'console/src/chart.rs', 'console/src/screens/now.rs', 'console/src/screens/table.rs'];
const consoleIn = (locale) => ({
  sources: CONSOLE,
  options: { locale, width: 1280, height: 1200, deviceScaleFactor: 1.5 },
  open: supervisor.open,
  play: supervisor.play,
});
const PICTURES = {
  'console.png': consoleIn('en'),
  'console.pt-BR.png': consoleIn('pt-BR'),
  'playground.png': {
    sources: ['page', 'view', 'words', 'assets'].map((part) => `${PLAYGROUND}/${part}`),
    options: { url: playground.url, width: 1440, height: 900, deviceScaleFactor: 1.5 },
    play: playground.play,
  },
};

/** Every file below, by its path from the repository's root. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesOf(join(path, name)));
}

/** Over each file's path and bytes, a zero byte behind each, in the order of the paths. As in tests/pictures.rs. */
function hashOf(sources) {
  const hash = createHash('sha256');
  for (const path of sources.flatMap(filesOf).sort()) {
    hash.update(path).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

mkdirSync(FOLDER, { recursive: true });
const written = {};
for (const [name, { sources, options, open, play }] of Object.entries(PICTURES)) {
  const { page, close } = await openPage({ ...options, ...await open?.() });
  await play(page);
  await page.screenshot({ path: join(FOLDER, name), animations: 'disabled' });
  await close();
  written[name] = { sources, sha256: hashOf(sources) };
  console.log(`pictures: ${join(FOLDER, name)}`);
}
await supervisor.close();
writeFileSync(join(FOLDER, 'pictures.json'), `${JSON.stringify(written, null, 2)}\n`);
await (await launch()).close();
