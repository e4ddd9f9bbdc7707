// A whole conversation, by clicking on both sides.

import assert from 'node:assert/strict';

import { accessible, fits, pageTest } from '../lib.mjs';
import { PICTURE, agentSays, allArrived, customerSays, newCustomer, said, sees, talk, until, url } from './steps.mjs';

pageTest('a customer and an agent talk, from the bot and back to it', { url }, async (page) => {
  await newCustomer(page, 'Ana Lima');
  await accessible(page);
  const ticket = await talk(page, 'billing');
  await sees(page, 'phone', 'Beatriz Souza');
  assert.match(await page.locator('#ticket-head').innerText(), /Financeiro/);

  await customerSays(page, 'Bom dia! A fatura de março veio em dobro 😟');
  await sees(page, 'desk', 'A fatura de março veio em dobro');
  await page.locator('#phone-log .own .tick.seen').last().waitFor();

  // Buttons, one of which is tapped.
  await page.locator('#add-options').click();
  await page.locator('#answer-options').fill('Crédito na fatura\nPix');
  await agentSays(page, 'Quer o estorno como?');
  await page.locator('#phone-log .answers button', { hasText: 'Pix' }).click();
  await until(async () => (await said(page, 'desk')).includes('Pix'), 'the tapped answer at the desk');
  assert.equal(await page.locator('#phone-log .answers button').count(), 0, 'an answered question has no buttons');

  // A picture with words, a place, and a file the other way.
  await page.locator('#say-file').setInputFiles({ name: 'fatura.png', mimeType: 'image/png', buffer: PICTURE });
  await page.locator('#say-text').fill('A fatura que recebi');
  await page.locator('#say-send').click();
  const shown = page.locator('#ticket-log .bubble.other img');
  await shown.waitFor();
  await until(() => shown.evaluate((img) => img.complete && img.naturalWidth === 1), 'the picture at the desk');
  await sees(page, 'desk', 'A fatura que recebi');
  await page.locator('#say-place').click();
  await sees(page, 'desk', 'Minha loja, na Savassi');
  const receipt = Buffer.from('%PDF-1.7\nrecibo');
  await page.locator('#answer-file').setInputFiles({ name: 'recibo.pdf', mimeType: 'application/pdf', buffer: receipt });
  await page.locator('#answer-send').click();
  const link = page.locator('#phone-log .bubble.other a.file');
  await link.waitFor();
  const got = await page.request.get(new URL(await link.getAttribute('href'), url).href);
  assert.deepEqual([got.status(), await got.body()], [200, receipt]);
  assert.match(got.headers()['content-disposition'], /^attachment/);

  // A note is for agents.
  await page.locator('#answer-text').fill('Cliente desde 2019, tratar com carinho');
  await page.locator('#save-note').click();
  await page.locator('#ticket-log .note', { hasText: 'tratar com carinho' }).waitFor();
  await agentSays(page, 'Já vejo isso, Ana');
  await sees(page, 'phone', 'Já vejo isso, Ana');
  await page.locator('#ticket-log .own .tick.seen').last().waitFor();
  assert.doesNotMatch(await page.locator('#phone').innerText(), /carinho/);

  // To another team, whose agent takes it.
  await page.locator('#transfer-queue').selectOption('Estornos');
  await page.locator('#transfer').click();
  await sees(page, 'phone', 'Estornos');
  await page.locator('#agent-2').click();
  await page.locator(`#take-${ticket}`).click();
  await agentSays(page, 'O Pix cai hoje até às 18h');
  await sees(page, 'phone', 'Rui Prado');
  await sees(page, 'phone', 'O Pix cai hoje');
  await allArrived(page);
  await accessible(page);

  // The end: a rating, and the bot again.
  await page.locator('#close').click();
  await page.locator('#rate-4').click({ timeout: 90_000 });
  await page.locator('#phone-log .event', { hasText: 'De volta ao bot' }).waitFor({ timeout: 90_000 });
  await page.locator('#ask-person').waitFor({ timeout: 90_000 });
  await sees(page, 'desk', '4 / 5');
  assert.deepEqual(await said(page, 'desk'), [
    'Bom dia! A fatura de março veio em dobro 😟', 'Pix', 'A fatura que recebi',
    (await said(page, 'desk'))[3],
  ]);
  assert.match((await said(page, 'desk'))[3], /Savassi/);
  await allArrived(page);
  assert.ok((await page.locator('#trail-log .step').count()) > 20);
  await accessible(page);
  await fits(page);
});

pageTest('the same with a ticket of Blip Desk', { url, locale: 'en-US' }, async (page) => {
  await newCustomer(page, 'João Araújo', { way: 'ticket' });
  assert.match(await page.locator('h1').innerText(), /Playground/);
  assert.match(await page.locator('#ask-person').innerText(), /talk to a person/);
  await talk(page);
  await sees(page, 'desk', 'I want to talk to a person');
  await agentSays(page, 'Hello, João!');
  await sees(page, 'phone', 'Hello, João!');
  await customerSays(page, 'Hi');
  await sees(page, 'desk', 'Hi');
  await page.locator('#close').click();
  await page.locator('#phone-log .event', { hasText: 'The ticket is closed' }).waitFor({ timeout: 90_000 });
  await page.locator('#ask-person').waitFor();
});

// Who loads a page again at once does not wait for its icon.
pageTest('it works without script, by loading it again', { url, javaScriptEnabled: false, allow: [/icon\.svg net::ERR_ABORTED/] }, async (page) => {
  const reloadUntil = async (selector) => {
    await until(async () => {
      await page.reload();
      return (await page.locator(selector).count()) > 0;
    }, selector);
  };
  const press = async (selector) => {
    const loaded = page.waitForEvent('load');
    await page.locator(selector).click();
    await loaded;
  };
  await page.goto(url);
  if (!(await page.locator('#new-name').isVisible())) await page.locator('#new-customer').click();
  await page.locator('#new-name').fill('Sem Script');
  await press('#new-begin');
  await press('#ask-person');
  await reloadUntil('.tickets li:has-text("Sem Script") button');
  await press('.tickets li:has-text("Sem Script") button');
  await reloadUntil('#answer-text');
  await page.locator('#answer-text').fill('Olá, sem script');
  await press('#answer-send');
  await reloadUntil('#phone-log .bubble.other:has-text("Olá, sem script")');
});
