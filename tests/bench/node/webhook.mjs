// The webhook as a user would write it: verify, parse, send to the FIFO queue.
import { createHmac, timingSafeEqual } from "node:crypto";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { run } from "./runtime.mjs";
import { secret } from "./secrets.mjs";

const sqs = new SQSClient({});
const [{ token }, { hash_key: key }] = await Promise.all([
  secret(process.env.BLIP_SECRET_ARN),
  secret(process.env.KEYS_SECRET_ARN),
]);
const queue = process.env.TO_HELPDESK_QUEUE_URL;
const hash = (...parts) => createHmac("sha256", key).update(parts.join("\0")).digest("hex");

function authorized(presented) {
  const bare = Buffer.from((presented ?? "").replace(/^(Key|Bearer) /i, ""));
  const expected = Buffer.from(token);
  return bare.length === expected.length && timingSafeEqual(bare, expected);
}

await run(async (event) => {
  if (!authorized(event.headers.authorization)) return { statusCode: 401 };
  const body = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString("utf8") : event.body;
  let message;
  try {
    message = JSON.parse(body);
  } catch {
    return { statusCode: 400 };
  }
  if (!message.from || !message.id || message.from.endsWith("@msging.net")) return { statusCode: 400 };
  const group = hash("group", message.from.split("/")[0].toLowerCase());
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queue,
      MessageGroupId: group,
      MessageDeduplicationId: hash("message", group, message.id),
      MessageBody: JSON.stringify({ v: 1, id: message.id, received_at: Date.now(), envelope: message }),
    }),
  );
  console.log(JSON.stringify({ level: "INFO", message: "accepted" }));
  return { statusCode: 200 };
});
