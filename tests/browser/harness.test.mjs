// The harness itself: what it must notice is planted here, on a small server of its own.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { accessible, fits, openPage } from './lib.mjs';

const other = createServer((_, response) => response.end('other'));
const pages = createServer((request, response) => {
  const bodies = {
    '/good': '<p>good</p>',
    '/console': '<script>console.error("planted")</script>',
    '/exception': '<script>throw new Error("planted")</script>',
    '/missing': '<img alt="" src="/no-such-picture">',
    '/broken': '<img alt="" src="/cut">',
    '/elsewhere': `<img alt="" src="http://127.0.0.1:${other.address().port}/">`,
    '/unreadable': '<p style="color:#999;background:#aaa">planted</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    '/wide': '<p style="width:3000px">planted</p>',
    '/blocked': '<p onclick="x()">planted</p><script>let x</script>',
  };
  if (request.url === '/cut') return request.socket.destroy();
  const body = bodies[request.url];
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  if (request.url === '/blocked') headers['content-security-policy'] = "default-src 'none'";
  response.writeHead(body ? 200 : 404, headers);
  response.end(`<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,"><main><h1>x</h1>${body ?? ''}</main></html>`);
});
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', done));
before(() => Promise.all([listen(other), listen(pages)]));
after(() => [other, pages].forEach((server) => server.close()));

async function visit(path, look = async () => {}) {
  const url = `http://127.0.0.1:${pages.address().port}`;
  const { page, close } = await openPage({ url });
  try {
    await page.goto(url + path, { waitUntil: 'networkidle' });
    await look(page);
  } finally {
    await close();
  }
}

test('a good page passes', () => visit('/good', async (page) => {
  await fits(page);
  assert.ok((await accessible(page)) > 3);
}));

for (const [path, says] of [
  ['/console', /console: planted/],
  ['/exception', /exception: planted/],
  ['/missing', /console: .*404/],
  ['/broken', /failed: GET .*\/cut/],
  ['/elsewhere', /another origin/],
  ['/blocked', /Content Security Policy/],
]) {
  test(`a page with a fault fails: ${path}`, () => assert.rejects(visit(path), says));
}

test('axe finds what cannot be read', () => assert.rejects(visit('/unreadable', accessible), /color-contrast[^]*image-alt|image-alt[^]*color-contrast/));
test('a page that is too wide fails', () => assert.rejects(visit('/wide', fits), /3\d\d\d pixels wide/));
