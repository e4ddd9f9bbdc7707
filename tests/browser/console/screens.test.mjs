// Every screen of the console: in both languages, in a narrow and a wide window, light and dark, by keyboard, and for whoever does not see it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { accessible, fits, openPage, picture } from '../lib.mjs';
import { Session, customer, item, park, play, stopConsoles, until } from './console.mjs';

const session = new Session();
let key;
before(async () => {
  await session.start();
  const run = String(Date.now() % 1_000_000).padStart(6, '0');
  await customer(`Ana ${run}`, `+55319${run}01`.padEnd(14, '0'));
  await play('agent/says', { customer: `Ana ${run}`, text: 'Vou verificar' });
  key = await item({ minutes: 22, queue: 'billing', agent: 'Bruno Lima', ticket: '880022' });
  await item({ minutes: 3, queue: 'support', ticket: '880003' });
  await item({ minutes: 75, queue: 'refunds', ticket: '880075' });
  await park('5531988880199');
});
after(stopConsoles);

const screens = () => [
  ['now', '/'],
  ['conversations', '/conversations'],
  ['filtered', '/conversations?waiting=0'],
  ['conversation', `/conversations/${key}`],
  ['close', `/conversations/${key}/close`],
  ['parked', '/parked'],
  ['replay', '/parked/replay'],
  ['search', '/search'],
  ['health', '/health'],
  ['rules', '/rules'],
];

async function look(options, body) {
  const opened = await openPage({ url: session.url, ...options });
  try {
    await session.open(opened.context);
    await body(opened.page);
  } finally {
    await opened.close();
  }
}

for (const [locale, width, height, scheme] of [
  ['pt-BR', 320, 700, 'light'],
  ['en', 320, 700, 'dark'],
  ['pt-BR', 1280, 900, 'dark'],
  ['en', 1280, 900, 'light'],
  ['pt-BR', 3840, 2160, 'light'],
]) {
  test(`every screen, ${locale}, ${width} pixels, ${scheme}`, async () => {
    await look({ locale, width, height, scheme }, async (page) => {
      for (const [name, path] of screens()) {
        await page.goto(session.url + path);
        assert.equal(await page.locator('html').getAttribute('lang'), locale);
        await fits(page);
        assert.ok((await accessible(page)) > 10, name);
        await picture(page, `console-${name}-${locale}-${width}-${scheme}`, { fullPage: true });
      }
    });
  });
}

test('without script every screen is there, and says that times are in UTC', async () => {
  await look({ locale: 'en', javaScriptEnabled: false }, async (page) => {
    for (const [, path] of screens()) {
      await page.goto(session.url + path);
      await page.locator('main h1').waitFor();
    }
    await page.goto(`${session.url}/conversations/${key}`);
    assert.match(await page.locator('main time').first().textContent(), / UTC$/);
  });
});

test('with script times are in the zone of whoever reads', async () => {
  await look({ locale: 'pt-BR', timezoneId: 'America/Sao_Paulo' }, async (page) => {
    await page.goto(`${session.url}/conversations/${key}`);
    const [shown, at] = await page.locator('dl.facts time').first().evaluate((time) => [time.textContent, time.dateTime]);
    const hour = new Intl.DateTimeFormat('pt-BR', { timeZone: 'America/Sao_Paulo', hour: '2-digit', minute: '2-digit' }).format(new Date(at));
    assert.ok(shown.includes(hour), `${shown} is not ${hour}`);
  });
});

test('the first screen follows what happens', async () => {
  await look({ locale: 'en' }, async (page) => {
    await page.goto(session.url);
    const ticket = `live-${Date.now() % 100_000}`;
    assert.equal(await page.getByText(ticket).count(), 0);
    await item({ minutes: 90_000, ticket });
    await page.getByText(ticket).first().waitFor({ timeout: 20_000 });
  });
});

test('hostile names are text', async () => {
  const hostile = ['<img src=x onerror=alert(1)>', '\u202Egpj.exe', 'A'.repeat(10_000)];
  for (const name of hostile) await item({ minutes: 2_000, ticket: name.slice(0, 900), queue: name, agent: name });
  await look({ locale: 'pt-BR', width: 320 }, async (page) => {
    // What is open is kept for some seconds.
    await until('the list has them', async () => {
      await page.goto(`${session.url}/conversations?waiting=0`);
      return page.locator('tbody').getByText(hostile[0]).count();
    });
    for (const path of ['/', '/conversations', '/conversations?waiting=0']) {
      await page.goto(session.url + path);
      await fits(page);
      assert.equal(await page.locator('main img').count(), 0);
    }
    await page.locator('tbody').getByText(hostile[0]).first().waitFor();
    const text = await page.locator('main').innerText();
    assert.ok(!text.includes('A'.repeat(100)) && !text.includes('\u202E'), 'a long name is cut, and a turn of the direction spelt out');
    await page.locator('tbody th a').first().click();
    await fits(page);
  });
});

test('by keyboard alone somebody finds a ticket and is asked before it is closed', async () => {
  const ticket = `7${Date.now() % 1_000_000}`;
  const own = await item({ minutes: 1, ticket });
  await look({ locale: 'en' }, async (page) => {
    await page.goto(session.url);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
    const to = async (name) => {
      for (let steps = 0; steps < 60; steps += 1) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(() => document.activeElement.textContent.trim()) === name) return;
      }
      assert.fail(`the keyboard does not reach ${name}`);
    };
    await to('Search');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/search');
    await page.locator('#text').focus();
    // By the conversation's mark: this one was not opened by a helpdesk, so that no ticket leads to it.
    await page.keyboard.type(`${own}-0123456789ab`);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/conversations/${own}`);
    await to('Close…');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Close this conversation?' }).waitFor();
    await to('Close it');
  });
});

test('a parked message goes back, and is looked for again', async () => {
  const phone = `55319${Date.now() % 100_000_000}`.padEnd(13, '0');
  await park(phone);
  await look({ locale: 'pt-BR' }, async (page) => {
    await until('it is seen', async () => {
      await page.goto(`${session.url}/parked`);
      return page.locator(`a[href="/parked/replay?group=group-${phone}"]`).count();
    });
    const card = page.locator('section.card', { has: page.locator(`a[href="/parked/replay?group=group-${phone}"]`) });
    await card.getByRole('link', { name: /^Estrutura / }).first().click();
    assert.match(await page.locator('pre').innerText(), /<7 characters>/);
    assert.ok(!(await page.locator('body').innerText()).includes('segredo'));
    await page.goBack();
    await page.locator(`a[href="/parked/replay?group=group-${phone}"]`).click();
    await page.getByRole('button', { name: 'Reenviar' }).click();
    await page.getByRole('status').getByText('De volta para a fila: 1.').waitFor();
    assert.equal(await page.locator(`a[href="/parked/replay?group=group-${phone}"]`).count(), 0);
  });
  assert.match(session.said(), /"what":"parked.replay"/);
});

test('rules are pushed and rolled back', async () => {
  await look({ locale: 'en' }, async (page) => {
    await page.goto(`${session.url}/rules`);
    const before = await page.locator('#source').inputValue();
    await page.locator('#source').fill('version: 1\nqueue: {}\n');
    await page.getByRole('button', { name: 'Check, and show the difference' }).click();
    await page.getByRole('alert').getByText('It is not pushed like this').waitFor();
    // What the stack began with was pushed as JSON, which is YAML too.
    const changed = before.startsWith('{') ? JSON.stringify({ ...JSON.parse(before), waiting: { tell: false } }, null, 2)
      : `${before}\nwaiting: { tell: false }\n`;
    await page.locator('#source').fill(`# Changed in the console\n${changed}\n`);
    await page.getByRole('button', { name: 'Check, and show the difference' }).click();
    await page.getByText('waiting.tell').waitFor();
    await page.getByRole('button', { name: 'Push' }).click();
    await page.getByRole('status').getByText(/Version \d+ is in force/).waitFor();
    await page.getByRole('link', { name: 'Back to it…' }).first().click();
    await page.getByText('It becomes a new version.').waitFor();
    await page.getByRole('button', { name: 'Go back' }).click();
    await page.getByRole('status').getByText(/Version \d+ is in force/).waitFor();
    assert.equal(await page.locator('#source').inputValue(), before);
  });
  assert.match(session.said(), /"what":"rules.push"[^]*"what":"rules.rollback"/);
});

test('nobody gets in by the address that was used', async () => {
  const opened = await openPage({ url: session.url, allow: [/401/] });
  await opened.page.goto(session.enter);
  assert.match(await opened.page.locator('main').innerText(), /ponte console/);
  await opened.close();
});
