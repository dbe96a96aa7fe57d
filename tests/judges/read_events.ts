// As ReadEvents.java, for TypeScript.
import { readFileSync } from "node:fs";
import { Convert } from "./events";

for (const line of readFileSync(0, "utf8").trim().split("\n")) console.log(Convert.eventsToJson(Convert.toEvents(line)).replace(/\n\s*/g, ""));
