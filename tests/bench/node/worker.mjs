// The worker as a user would write it: read the map, call the helpdesk, write the map; one record after the other.
import { createHmac, randomUUID } from "node:crypto";
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { run } from "./runtime.mjs";
import { secret } from "./secrets.mjs";

const table = new DynamoDBClient({});
const [{ webhook_secret }, { hash_key: key }] = await Promise.all([
  secret(process.env.HELPDESK_SECRET_ARN),
  secret(process.env.KEYS_SECRET_ARN),
]);
const signing = Buffer.from(webhook_secret.replace(/^whsec_/, ""), "base64");
const TableName = process.env.TABLE_NAME;
const hash = (...parts) => createHmac("sha256", key).update(parts.join("\0")).digest("hex");

async function post(id, event) {
  const body = JSON.stringify(event);
  const timestamp = Math.floor(Date.now() / 1000).toString();
  const signature = createHmac("sha256", signing).update(`${id}.${timestamp}.${body}`).digest("base64");
  const answer = await fetch(process.env.HELPDESK_URL, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    body,
    signal: AbortSignal.timeout(8000),
  });
  if (!answer.ok) throw new Error(`the helpdesk answers ${answer.status}`);
  return answer.json();
}

async function opened(pk, envelope) {
  const read = await table.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } }, ConsistentRead: true }));
  if (read.Item) return read.Item;
  const conversation = randomUUID();
  const data = { conversation, customer: { address: envelope.metadata?.["#tunnel.originator"] ?? envelope.from } };
  const { ticket } = await post(`${conversation}-started`, { type: "conversation.started", data });
  const Item = { pk: { S: pk }, conversation: { S: conversation }, ticket: { S: ticket }, seq: { N: "0" }, ids: { L: [] } };
  await table.send(new PutItemCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(pk)" }));
  return Item;
}

async function deliver(record) {
  const { id, received_at, envelope } = JSON.parse(record.body);
  const pk = `node#${hash("conversation", envelope.from.split("/")[0].toLowerCase())}`;
  const item = await opened(pk, envelope);
  const short = hash("id", id).slice(0, 12);
  const ids = item.ids.L;
  if (ids.some((entry) => entry.S === short)) return;
  const [conversation, ticket, seq] = [item.conversation.S, item.ticket.S, Number(item.seq.N)];
  const message = { id, content: { type: "text", text: envelope.content }, at: new Date(received_at).toISOString() };
  await post(`${conversation}-${short}`, { type: "message.created", data: { conversation, ticket, message } });
  await table.send(
    new UpdateItemCommand({
      TableName,
      Key: { pk: { S: pk } },
      UpdateExpression: "SET #seq = :next, #ids = :ids",
      ConditionExpression: "#seq = :read",
      ExpressionAttributeNames: { "#seq": "seq", "#ids": "ids" },
      ExpressionAttributeValues: {
        ":next": { N: String(seq + 1) },
        ":read": { N: String(seq) },
        ":ids": { L: [...ids, { S: short }].slice(-48) },
      },
    }),
  );
}

await run(async ({ Records }) => {
  const blocked = new Set();
  const batchItemFailures = [];
  for (const record of Records) {
    const group = record.attributes.MessageGroupId;
    try {
      if (blocked.has(group)) throw new Error("an earlier one failed");
      await deliver(record);
    } catch (error) {
      console.error(JSON.stringify({ level: "ERROR", message: String(error) }));
      blocked.add(group);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  console.log(JSON.stringify({ level: "INFO", message: "done", records: Records.length }));
  return { batchItemFailures };
});
