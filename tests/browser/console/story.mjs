// What the picture of the console shows: a morning in which the helpdesk did not answer for a while.

import { Session, counted, customer, item, park, play as act, stopConsoles } from './console.mjs';

const session = new Session();
let started;

async function start() {
  await session.start();
  const queues = [['vendas', 14], ['cobrança', 9], ['trocas', 5], ['suporte', 3]];
  for (const [queue, open] of queues) {
    for (let at = 0; at < open; at += 1) {
      const talks = at % 3 !== 0;
      const minutes = 2 + at * 3;
      // Of those who talk, an agent had the last word.
      const heard = talks ? { out_seq: 1, out_last: Date.now() - 30_000 } : {};
      await item({ minutes, queue, ticket: String(4700 + minutes + at), agent: talks ? ['Bruno Lima', 'Carla Dias', 'Rui Melo'][at % 3] : undefined, ...heard });
    }
  }
  const morning = (most) => Array.from({ length: 36 }, (_, at) => Math.round(most * (0.35 + at / 60 + Math.sin(at / 2.7) ** 2 / 4)));
  await counted('TO_HELPDESK', morning(120));
  await counted('TO_BLIP', morning(95));
  await customer('Ana Lima', '5531999990001');
  await act('agent/assigns', { customer: 'Ana Lima', agent: 'Beatriz Souza' });
  await act('agent/says', { customer: 'Ana Lima', text: 'Bom dia!' });
  await park('5531988880299', 'cannot be processed: a shape that no release knows');
}

/** Where the pages are. The stack is filled once. */
export async function open() {
  started ??= start();
  await started;
  return { url: session.url };
}

export async function play(page) {
  await session.open(page.context());
  await page.goto(session.url);
  await page.locator('.tiles').waitFor();
}

export const close = stopConsoles;
