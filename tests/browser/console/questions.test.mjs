// What a supervisor asks (docs/console.md): each is answered within two clicks of the first screen, and there is a picture of the answer.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage, picture } from '../lib.mjs';
import { Session, customer, item, park, play, stopConsoles, until } from './console.mjs';

const session = new Session();
// Somebody new in each run: what waits for its next try in an earlier one waits for long.
const run = String(Date.now() % 1_000_000).padStart(6, '0');
const carla = `Carla ${run}`;
// An agent whose initials nobody else has.
const letter = (place) => String.fromCharCode(65 + (Math.floor(Date.now() / 26 ** place) % 26));
const initials = `${letter(1)}${letter(2)}`;
const agent = `${initials[0]}ia ${initials[1]}eis`;
const late = `52${run}`;
before(async () => {
  await session.start();
  await item({ minutes: 5_000, ticket: late, queue: 'exchanges', agent: 'Bruno Lima' });
  await customer(carla, `+55319${run}02`.padEnd(14, '0'));
  await play('agent/assigns', { customer: carla, agent });
  await play('agent/says', { customer: carla, text: 'Já vejo' });
  await park('5531988880299', 'cannot be processed: a shape that no release knows');
});
after(async () => {
  await play('helpdesk/works');
  await stopConsoles();
});

/** A question: at most two clicks from the first screen, then what is there. */
function question(number, name, body) {
  test(`${number}. ${name}`, async () => {
    const { page, context, close } = await openPage({ url: session.url, locale: 'pt-BR' });
    await session.open(context);
    let clicks = 0;
    await page.goto(session.url);
    await body(page, async (target) => {
      clicks += 1;
      await target.click();
    });
    await picture(page, `question-${number}`);
    await close();
    assert.ok(clicks <= 2, `${clicks} clicks`);
  });
}
const link = (page, name) => page.getByRole('link', { name, exact: true }).first();

question(1, 'Quem espera há mais tempo?', async (page) => {
  const first = await page.locator('main section').first().innerText();
  assert.match(first, /Esperando há mais tempo/);
  assert.ok(first.includes('d '), 'a wait of days is there');
});

question(2, 'Quantos esperam, e quantos há tempo demais?', async (page) => {
  const tiles = await page.locator('.tiles').innerText();
  assert.match(tiles, /\d+\+?\s+clientes esperam/);
  assert.match(tiles, /\d+ %\s+esperam menos de \d+ min/);
});

question(3, 'O que está aberto na fila de trocas?', async (page, click) => {
  await click(page.locator('.bars a', { hasText: 'exchanges' }));
  await page.getByText(late).first().waitFor();
});

/** By two clicks and a word: the list, the agent's initials with Enter, and the conversation. */
async function conversation(page, click) {
  await click(link(page, 'Conversas'));
  const agents = page.getByLabel('Iniciais do atendente');
  await agents.fill(initials);
  await agents.press('Enter');
  await click(page.locator('tbody tr', { has: page.getByText(initials, { exact: true }) }).first().locator('th a'));
}

question(4, 'O cliente recebeu esta resposta?', async (page, click) => {
  await until('the agent is known', async () => (await session.get(`/conversations?agent=${initials}`)).includes(`>${initials}<`));
  await conversation(page, click);
  await until('the trail has it', async () => {
    await page.reload();
    return page.locator('.trail li', { hasText: 'entregue' }).filter({ hasText: 'atendente → cliente' }).count();
  });
});

question(5, 'Por que nada chegou há 20 minutos?', async (page, click) => {
  await play('helpdesk/breaks', { status: 503 });
  await play('customer/says', { customer: carla, text: 'Alô?' });
  await conversation(page, click);
  await until('the reason', async () => {
    await page.reload();
    return page.locator('.notice.bad', { hasText: '503' }).count();
  });
  await play('helpdesk/works');
});

question(6, 'Quem está com esta conversa?', async (page, click) => {
  const found = page.locator('tbody tr', { hasText: late }).first();
  assert.match(await found.innerText(), /BL/);
  await click(found.locator('th a'));
  assert.match(await page.locator('dl.facts').innerText(), /Atendente\s+BL/);
});

question(7, 'O que acontece se ninguém responder?', async (page, click) => {
  await click(page.locator('tbody tr', { hasText: late }).first().locator('th a'));
  await page.getByRole('heading', { name: 'Se ninguém escrever' }).waitFor();
});

question(8, 'O helpdesk e o Blip estão funcionando?', async (page, click) => {
  assert.match(await page.locator('.sides').innerText(), /Do Blip[^]*Para o helpdesk/);
  await click(link(page, 'Saúde'));
  await page.getByRole('heading', { name: 'Os dois lados' }).waitFor();
});

question(9, 'Alguma mensagem está retida, e por quê?', async (page, click) => {
  await click(page.locator('.tiles a', { hasText: 'mensagens retidas' }));
  await until('it is seen', async () => {
    if (await page.getByText('a shape that no release knows').count()) return true;
    await page.reload();
    return false;
  });
});

question(10, 'Quem mudou as regras, e quando?', async (page, click) => {
  await click(link(page, 'Regras do serviço'));
  assert.match(await page.locator('.versions').innerText(), /Versão 1/);
});
