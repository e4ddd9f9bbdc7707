// A side that fails: messages wait, and arrive in order, once.

import assert from 'node:assert/strict';

import { pageTest } from '../lib.mjs';
import { agentSays, allArrived, customerSays, fault, newCustomer, said, sees, talk, until, url } from './steps.mjs';

pageTest('while the helpdesk is down messages wait, and then arrive in order, once', { url }, async (page) => {
  await newCustomer(page, 'Queda');
  await talk(page);
  await customerSays(page, 'antes');
  await sees(page, 'desk', 'antes');
  await fault(page, 'helpdesk-down', true);
  for (const text of ['um', 'dois', 'três']) await customerSays(page, text);
  await page.locator('#trail-now', { hasText: '3 mensagens esperam na Ponte para o atendente' }).waitFor();
  await page.locator('#trail-log .failing', { hasText: 'fora do ar' }).first().waitFor();
  await page.locator('#phone-log .own .tick:not(.seen)').last().waitFor();
  assert.deepEqual(await said(page, 'desk'), ['antes']);
  await fault(page, 'helpdesk-down', false);
  await allArrived(page);
  assert.deepEqual(await said(page, 'desk'), ['antes', 'um', 'dois', 'três']);
  await page.locator('#trail-log .step', { hasText: 'tentativas' }).last().waitFor();
});

pageTest('while Blip fails the agent sees that the customer has nothing yet', { url }, async (page) => {
  await newCustomer(page, 'Falha');
  await talk(page);
  await sees(page, 'phone', 'Beatriz Souza');
  await fault(page, 'blip-fails', true);
  for (const text of ['primeira', 'segunda']) await agentSays(page, text);
  await page.locator('#trail-now', { hasText: '2 mensagens esperam na Ponte para o cliente' }).waitFor();
  await page.locator('#trail-log .failing', { hasText: '503' }).first().waitFor();
  await fault(page, 'blip-fails', false);
  await allArrived(page);
  const words = (await said(page, 'phone')).filter((text) => ['primeira', 'segunda'].includes(text));
  assert.deepEqual(words, ['primeira', 'segunda']);
});

pageTest('what is posted twice, and what a helpdesk puts off, arrives once', { url }, async (page) => {
  await newCustomer(page, 'Duas vezes');
  await talk(page);
  await fault(page, 'repeats', true);
  await fault(page, 'helpdesk-limits', true);
  await customerSays(page, 'oi');
  await customerSays(page, 'tudo bem?');
  await agentSays(page, 'olá');
  await page.locator('#trail-log .chip', { hasText: 'repetida' }).first().waitFor();
  await page.locator('#trail-log .failing', { hasText: '429' }).first().waitFor();
  await fault(page, 'helpdesk-limits', false);
  await fault(page, 'repeats', false);
  await allArrived(page);
  // What was repeated might come later: the last word is an end that can be seen.
  await customerSays(page, 'fim');
  await until(async () => (await said(page, 'desk')).includes('fim'), 'the last word');
  assert.deepEqual(await said(page, 'desk'), ['oi', 'tudo bem?', 'fim']);
  assert.equal((await said(page, 'phone')).filter((text) => text === 'olá').length, 1);
});
