// Requests as [{ headers, body }] on standard input: svix verifies them, the SDK of CloudEvents reads them.
import { readFileSync } from "node:fs";
import { HTTP } from "cloudevents";
import { Webhook } from "svix";

const judge = new Webhook(process.env.WEBHOOK_SECRET);
const read = JSON.parse(readFileSync(0, "utf8")).map(({ headers, body }) => {
  judge.verify(body, headers);
  const { id, type, subject, data } = HTTP.toEvent({ headers, body });
  return { id, type, subject, data };
});
console.log(JSON.stringify(read));
