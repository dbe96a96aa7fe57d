// What @asyncapi/parser says of a document: node parse_asyncapi.mjs FILE
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const problems = diagnostics.filter((one) => one.severity <= 1).map((one) => `${one.path.join("/")}: ${one.message}`);
console.log(JSON.stringify({ problems, channels: document?.channels().all().map((one) => one.id()) ?? [] }));
