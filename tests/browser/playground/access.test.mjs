// The keyboard alone, hostile names, narrow and wide, light and dark, and who may use the page at all.

import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { test } from 'node:test';

import { accessible, fits, openPage, pageTest } from '../lib.mjs';
import { agentSays, customerSays, fault, newCustomer, sees, talk, until, url } from './steps.mjs';

pageTest('the keyboard is enough', { url }, async (page) => {
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
  const tabTo = async (wanted) => {
    for (let presses = 0; presses < 120; presses += 1) {
      const id = await focused();
      if (id === wanted) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not lead to ${wanted}`);
  };
  await page.goto(url);
  await tabTo('new-customer');
  if (!(await page.locator('#new-name').isVisible())) await page.keyboard.press('Enter');
  await tabTo('new-name');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('Só Teclado');
  await tabTo('new-begin');
  await page.keyboard.press('Enter');
  await page.locator('.device-head', { hasText: 'Só Teclado' }).waitFor();
  await tabTo('ask-person');
  await page.keyboard.press('Enter');
  // Somebody who has tapped an option goes on in the field below.
  await page.waitForFunction(() => document.activeElement?.id === 'say-text');
  await page.keyboard.type('Digitado');
  await page.keyboard.press('Enter');
  const take = page.locator('.tickets li', { hasText: 'Só Teclado' }).locator('button');
  await take.waitFor();
  await tabTo(await take.getAttribute('id'));
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.id === 'answer-text');
  await sees(page, 'desk', 'Digitado');
  await page.keyboard.type('Respondido');
  await page.keyboard.press('Enter');
  await sees(page, 'phone', 'Respondido');
  // A switch keeps the focus where it was, so that it is switched back at once.
  await page.keyboard.press('Control+Home');
  await tabTo('fault-helpdesk-slow');
  await page.keyboard.press('Space');
  await page.locator('#fault-helpdesk-slow[aria-checked=true]').waitFor();
  assert.equal(await focused(), 'fault-helpdesk-slow');
  await page.keyboard.press('Space');
  await page.locator('#fault-helpdesk-slow[aria-checked=false]').waitFor();
  await tabTo('close');
  await page.keyboard.press('Enter');
  await page.locator('#ticket-log .event', { hasText: 'Encerrado' }).waitFor();
});

pageTest('what is refused stands in its field again', { url, allow: [/status of 400/] }, async (page) => {
  await newCustomer(page, 'Recusado');
  await page.route('**', (route) => (
    route.request().method() === 'POST' ? route.fulfill({ status: 400, body: 'Não agora' }) : route.fallback()
  ));
  await page.locator('#say-text').fill('Não me perca');
  await page.locator('#say-text').press('Enter');
  await page.locator('#alert', { hasText: 'Não agora' }).waitFor();
  assert.equal(await page.locator('#say-text').inputValue(), 'Não me perca');
});

const LONG = `${'nome comprido '.repeat(400)}${'x'.repeat(4400)}`;
for (const [kind, name] of [
  ['markup', '<img src=x onerror="document.title=1"><script>document.title=2</script>&amp;"\''],
  ['right to left', 'مريم \u202eanA\u202c עברית'],
  ['10,000 characters', LONG],
]) {
  pageTest(`a hostile name is text: ${kind}`, { url, width: 390, height: 844 }, async (page) => {
    await newCustomer(page, name);
    const written = await page.locator('.device-head .name').textContent();
    assert.equal(written, name.trim());
    await talk(page);
    await customerSays(page, name);
    await agentSays(page, name);
    await page.locator('#ticket-log .bubble.other').first().waitFor();
    await page.locator('#phone-log .bubble.other .said').filter({ hasText: name.trim().slice(0, 30) }).first().waitFor();
    assert.equal(await page.title(), 'Ponte · Playground');
    assert.equal(await page.locator('main img, main script').count(), 0);
    await fits(page);
    await accessible(page);
  });
}

for (const [width, height] of [[320, 640], [768, 1024], [1280, 800], [3840, 2160]]) {
  for (const scheme of ['light', 'dark']) {
    pageTest(`it fits and can be read: ${width} pixels, ${scheme}`, { url, width, height, scheme }, async (page) => {
      await newCustomer(page, 'Ana Lima');
      await fits(page);
      await accessible(page);
      await talk(page, 'billing');
      await customerSays(page, 'Bom dia');
      await sees(page, 'desk', 'Bom dia');
      await agentSays(page, 'Olá! https://example.com/'.repeat(8));
      await page.locator('#answer-text').fill('nota');
      await page.locator('#save-note').click();
      await fault(page, 'helpdesk-slow', true);
      await fits(page);
      await accessible(page);
      await fault(page, 'helpdesk-slow', false);
    });
  }
}

/** A request as no browser page of ours makes it. */
function ask(path, { method = 'GET', headers = {} } = {}) {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    const sent = request({ hostname, port, path, method, headers, setHost: false }, (response) => {
      response.resume();
      response.on('end', () => done(response));
    });
    sent.on('error', fail);
    sent.end(method === 'POST' ? '--b--\r\n' : undefined);
  });
}

test('another page cannot use it', async () => {
  const { host, origin, port } = new URL(url);
  const form = { 'content-type': 'multipart/form-data; boundary=b' };
  for (const [why, options] of [
    ['a foreign Origin', { method: 'POST', headers: { host, origin: 'https://evil.example', ...form } }],
    ['no Origin', { method: 'POST', headers: { host, ...form } }],
    ['a frame without origin', { method: 'POST', headers: { host, origin: 'null', ...form } }],
    ['another port', { method: 'POST', headers: { host, origin: 'http://127.0.0.1:1', ...form } }],
    ['a name that was bound anew', { method: 'POST', headers: { host: `evil.example:${port}`, origin: `http://evil.example:${port}`, ...form } }],
    ['reading under another name', { headers: { host: `evil.example:${port}` } }],
    ['reading for another page', { headers: { host, origin: 'https://evil.example' } }],
  ]) {
    for (const path of ['/customer', '/customer/0/says', '/fault/helpdesk-down', '/ticket/T-1001/close', '/live', '/']) {
      assert.equal((await ask(path, options)).statusCode, 403, `${why}: ${path}`);
    }
  }
  // The same with the right headers is no question of who asks: here there is no name.
  assert.equal((await ask('/customer', { method: 'POST', headers: { host, origin, ...form } })).statusCode, 400);
  const { headers } = await ask('/', { headers: { host } });
  assert.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
  assert.equal(headers['access-control-allow-origin'], undefined);
});

test('a page of another origin cannot frame it, nor post to it', async () => {
  const foreign = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<iframe name="f" src="${url}"></iframe>
      <form target="f" method="post" enctype="multipart/form-data" action="${url}/fault/helpdesk-down"><input name="on" value="true"></form>`);
  });
  await new Promise((done) => foreign.listen(0, '127.0.0.1', done));
  foreign.unref(); // a failed test must not keep the run alive
  const there = `http://127.0.0.1:${foreign.address().port}`;
  // That it is another origin, and refused, is the point of it.
  const { page, close } = await openPage({ url: there, allow: [/another origin/, /403/, /frame-ancestors/, /ERR_BLOCKED_BY_RESPONSE/, /favicon/] });
  await page.goto(there);
  const answered = page.waitForResponse((response) => response.url().includes('/fault/'));
  await page.evaluate(() => document.forms[0].submit());
  assert.equal((await answered).status(), 403);
  const framed = await until(() => page.frames().at(-1).content().catch(() => ''), 'what is in the frame');
  assert.doesNotMatch(framed, /phone-title/);
  const own = await (await fetch(url)).text();
  assert.match(own, /id="fault-helpdesk-down"[^>]*aria-checked="false"/, 'nothing was switched');
  await close();
  foreign.close();
});
