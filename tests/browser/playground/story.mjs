// The conversation in the picture of the playground: in the middle of it, the helpdesk is down, and what the customer writes waits.

import { agentSays, allArrived, customerSays, fault, newCustomer, sees, talk, url } from './steps.mjs';

export { url };

export async function play(page) {
  await newCustomer(page, 'João Araújo', { channel: 'whatsapp', way: 'ticket' });
  await page.locator('#ask-person').click();
  await page.locator('.tickets button').first().waitFor();
  await newCustomer(page, 'Ana Lima');
  await talk(page, 'billing');
  await customerSays(page, 'Bom dia! A fatura de março veio em dobro 😟');
  await sees(page, 'desk', 'veio em dobro');
  await agentSays(page, 'Bom dia, Ana! Já estou vendo a sua fatura.');
  await sees(page, 'phone', 'Já estou vendo');
  await page.locator('#answer-text').fill('Cliente desde 2019. Segunda cobrança em dobro este ano.');
  await page.locator('#save-note').click();
  await page.locator('#add-options').click();
  await page.locator('#answer-options').fill('Crédito na fatura\nPix');
  await agentSays(page, 'Quer o estorno como?');
  await page.locator('#phone-log .answers button', { hasText: 'Pix' }).click();
  await sees(page, 'desk', 'Pix');
  await allArrived(page);
  await fault(page, 'helpdesk-down', true);
  await customerSays(page, 'Muito obrigada! 👏🏽');
  await customerSays(page, 'Quando cai na conta?');
  await page.locator('#trail-log .failing').last().waitFor();
  await page.locator('#phone-log .own .tick:not(.unsent, .seen)').last().waitFor();
  await page.locator('#say-text').blur();
}
