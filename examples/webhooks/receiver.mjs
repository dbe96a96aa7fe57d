// A webhook receiver: node receiver.mjs PORT, with the endpoint's secret in WEBHOOK_SECRET.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace("whsec_", ""), "base64");
const seen = new Set(); // yours belongs into your database, in the transaction of what you do with the event

const server = createServer((request, response) => {
  receive(request, response).catch((error) => { // who hangs up within a request ends that request, not this process
    console.error(error.message);
    response.destroy();
  });
});

async function receive(request, response) {
  if (request.method === "OPTIONS") { // asked once where endpoints are verified: yes, send us events
    return response.writeHead(204, { "WebHook-Allowed-Origin": request.headers["webhook-request-origin"] ?? "*" }).end();
  }
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    if ((bytes += chunk.length) > 2 ** 21) return response.writeHead(413).end(); // no event is so long
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const { "webhook-id": id, "webhook-timestamp": sentAt, "webhook-signature": signatures = "" } = request.headers;
  const due = Buffer.from("v1," + createHmac("sha256", key).update(`${id}.${sentAt}.`).update(body).digest("base64"));
  const isDue = (one) => one.length === due.length && timingSafeEqual(one, due);
  const isSigned = signatures.split(" ").some((one) => isDue(Buffer.from(one)));
  const isFresh = Math.abs(Date.now() / 1000 - Number(sentAt)) < 300;
  if (!isFresh || !isSigned) return response.writeHead(401).end();
  const event = JSON.parse(body);
  if (!seen.has(id)) console.log(event.type, event.subject); // the same event may come again, under the same id
  seen.add(id);
  response.writeHead(204).end();
}

server.requestTimeout = 15_000; // for all of a request
server.listen(Number(process.argv[2]), "127.0.0.1");
