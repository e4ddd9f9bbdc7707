// What the tests of the playground click, and wait for.

import assert from 'node:assert/strict';

import { STEP, setting } from '../lib.mjs';

export const url = setting('PLAYGROUND_URL');

/** A red dot of one pixel: a real PNG, which a browser shows. */
export const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==', 'base64');

/** Makes a customer, and looks at the phone. */
export async function newCustomer(page, name, { channel = 'blip-chat', way = 'router' } = {}) {
  await page.goto(url);
  // What a test before this one left, because it failed, is none of this one's business.
  for (const left of await page.locator('.switch[aria-checked=true]').evaluateAll((all) => all.map(({ id }) => id))) {
    await fault(page, left.replace('fault-', ''), false);
  }
  if (!(await page.locator('#new-name').isVisible())) await page.locator('#new-customer').click();
  await page.locator('#new-name').fill(name);
  await page.locator('#new-channel').selectOption(channel);
  await page.locator('#new-way').selectOption(way);
  const before = page.url();
  await page.locator('#new-begin').click();
  await page.waitForURL((to) => to.href !== before && to.search.includes('customer='));
  await page.locator('#phone-options button').first().waitFor();
}

/** The customer asks the bot for a person, and the newest ticket is taken. Gives the ticket's name. */
export async function talk(page, what = 'person') {
  const before = new Set(await tickets(page));
  await page.locator(`#ask-${what}`).click();
  const ticket = await until(async () => (await tickets(page)).find((one) => !before.has(one)), 'a new ticket');
  await page.locator(`#take-${ticket}`).click();
  await page.locator('#answer-text').waitFor();
  return ticket;
}

async function tickets(page) {
  const ids = await page.locator('.tickets a').evaluateAll((links) => links.map((link) => link.id));
  return ids.map((id) => id.replace('open-', ''));
}

export async function customerSays(page, text) {
  await page.locator('#say-text').fill(text);
  await page.locator('#say-text').press('Enter');
}

export async function agentSays(page, text) {
  await page.locator('#answer-text').fill(text);
  await page.locator('#answer-text').press('Enter');
}

/** What is said on the phone or at the desk, without what Ponte itself says: texts, oldest first. */
export function said(page, side, who = 'other') {
  const log = side === 'phone' ? '#phone-log' : '#ticket-log';
  return page.locator(`${log} .bubble.${who} .said`).allInnerTexts();
}

/** Waits until a message with this text is there. */
export async function sees(page, side, text) {
  const log = side === 'phone' ? '#phone-log' : '#ticket-log';
  await page.locator(`${log} > li`).filter({ hasText: text }).first().waitFor({ timeout: 2 * STEP });
}

/** Waits until everything has arrived, as the trail says. */
export async function allArrived(page) {
  await page.locator('#trail-now .calm').waitFor({ timeout: 4 * STEP });
}

export async function fault(page, name, on) {
  const button = page.locator(`#fault-${name}`);
  assert.equal(await button.getAttribute('aria-checked'), String(!on));
  await button.click();
  await page.locator(`#fault-${name}[aria-checked=${on}]`).waitFor();
}

/** Waits for what `look` gives, if it gives anything. */
export async function until(look, what, limit = 2 * STEP) {
  for (const end = Date.now() + limit; Date.now() < end; ) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 150));
  }
  throw new Error(`waited in vain for this: ${what}`);
}
