// The console beside the stack of the browser tests: started as an operator does, filled by playing customers and agents, and by items of the
// table that nobody could have made by playing.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { setting } from '../lib.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const running = [];

/** Starts a console. `url` is its origin, `enter` the address that lets one browser in, once. */
export async function startConsole() {
  const tool = process.env.PONTE_TOOL;
  const [command, first] = tool ? [tool, []] : ['cargo', ['run', '--quiet', '-p', 'ponte-cli', '--']];
  const server = spawn(command, [...first, 'console'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let wrong = '';
  server.stderr.on('data', (text) => { wrong += text; });
  const line = await Promise.race([
    once(createInterface({ input: server.stdout }), 'line').then(([text]) => text),
    once(server, 'exit').then(() => { throw new Error(`the console ended: ${wrong}`); }),
  ]);
  running.push(server);
  return { enter: line, url: new URL(line).origin, said: () => wrong };
}

/** Stops what this file has started. */
export async function stopConsoles() {
  for (const server of running.splice(0)) {
    server.kill();
    if (server.exitCode === null) await once(server, 'exit');
  }
}

/** A file of tests' own session: the cookie is carried from page to page. */
export class Session {
  async start() {
    Object.assign(this, await startConsole());
    const entered = await fetch(this.enter, { redirect: 'manual' });
    assert.equal(entered.status, 303);
    [this.cookie] = entered.headers.get('set-cookie').split(';');
    return this;
  }

  /** Lets a page's context in. */
  async open(context) {
    const [name, value] = this.cookie.split('=');
    await context.addCookies([{ name, value, url: this.url, httpOnly: true, sameSite: 'Strict' }]);
  }

  async get(path) {
    return (await fetch(this.url + path, { headers: { cookie: this.cookie } })).text();
  }
}

/** Plays a customer, an agent, or a fault: see `make local`. */
export async function play(path, body = {}) {
  const answer = await fetch(`${setting('HELPDESK_URL')}/_/${path}`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${text}`);
  return JSON.parse(text);
}

/** A customer who has written and has a ticket; gives the ticket's number. */
export async function customer(name, phone, text = 'Minha fatura veio em dobro') {
  await play('customer', { name, phone });
  await play('customer/hand_over', { customer: name });
  await play('customer/says', { customer: name, text });
}

/** Waits until something is so. */
export async function until(what, look, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < end, `not within ${seconds} s: ${what}`);
    await new Promise((done) => setTimeout(done, 300));
  }
}

/** Who calls a service. The emulator looks at whose key it is, and not at the signature. */
function authorization(service) {
  const scope = `${setting('AWS_ACCESS_KEY_ID')}/20260101/${setting('AWS_REGION')}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}

/** One call of AWS's JSON protocol. */
async function aws(service, target, body) {
  const answer = await fetch(setting('AWS_ENDPOINT_URL'), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      authorization: authorization(service),
    },
    body: JSON.stringify(body),
  });
  assert.ok(answer.ok, `${target}: ${await answer.clone().text()}`);
  return answer.json();
}

/** What CloudWatch counts of a queue by itself, which the emulator does not: one number for each five minutes, the last one now. */
export async function counted(queue, numbers) {
  const now = Math.floor(Date.now() / 300_000) * 300;
  const form = new URLSearchParams({ Action: 'PutMetricData', Version: '2010-08-01', Namespace: 'AWS/SQS' });
  numbers.forEach((value, at) => {
    const member = `MetricData.member.${at + 1}`;
    form.set(`${member}.MetricName`, 'NumberOfMessagesSent');
    form.set(`${member}.Value`, value);
    form.set(`${member}.Timestamp`, new Date((now - (numbers.length - 1 - at) * 300) * 1000).toISOString());
    form.set(`${member}.Dimensions.member.1.Name`, 'QueueName');
    form.set(`${member}.Dimensions.member.1.Value`, setting(`${queue}_QUEUE_URL`).split('/').at(-1));
  });
  const answer = await fetch(setting('AWS_ENDPOINT_URL'), {
    method: 'POST',
    headers: { authorization: authorization('monitoring') },
    body: form,
  });
  assert.ok(answer.ok, await answer.text());
}

/** Puts an open conversation into the table, as the functions write it. Gives its key. */
export async function item({ key = randomUUID().replaceAll('-', ''), minutes = 5, ...more } = {}) {
  const now = Date.now();
  const opened = now - minutes * 60_000;
  const last = String(Math.floor(Math.random() * 90) + 10);
  const fields = {
    pk: { S: `conversation#${key}` },
    opening: { S: `${key}-0123456789ab` },
    state: { S: 'open' },
    address: { S: `55319888877${last}@wa.gw.msging.net` },
    opened: { N: String(opened) },
    in_seq: { N: '1' },
    in_last: { N: String(opened) },
    expires_at: { N: String(Math.floor(now / 1000) + 86_400) },
    due: { S: 'open' },
    due_at: { N: String(now + 3_600_000) },
  };
  for (const [name, value] of Object.entries(more)) {
    if (value !== undefined) fields[name] = typeof value === 'number' ? { N: String(value) } : { S: value };
  }
  await aws('dynamodb', 'DynamoDB_20120810.PutItem', { TableName: setting('TABLE_NAME'), Item: fields });
  return key;
}

/** Parks a customer's message, as a worker does. */
export async function park(phone, reason = 'cannot be processed: a bug') {
  const from = `${phone}@wa.gw.msging.net`;
  const id = randomUUID();
  const envelope = { id, from, type: 'text/plain', content: 'segredo' };
  const body = JSON.stringify({ v: 1, id, received_at: Date.now(), envelope });
  const url = setting('TO_HELPDESK_QUEUE_URL').replace('to-helpdesk.fifo', 'to-helpdesk-parked.fifo');
  await aws('sqs', 'AmazonSQS.SendMessage', {
    QueueUrl: url, MessageBody: body, MessageGroupId: `group-${phone}`, MessageDeduplicationId: id,
    MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
  });
  return id;
}
