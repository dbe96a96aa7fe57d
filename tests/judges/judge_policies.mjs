// Simulations of IAM on standard input, what IAM would answer on standard output.
import { readFileSync } from "node:fs";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const answers = [];
for (const simulation of JSON.parse(readFileSync(0, "utf8"))) {
  const found = await runSimulation(simulation, {});
  if (found.resultType === "error") throw new Error(JSON.stringify({ request: simulation.request, errors: found.errors }));
  answers.push(found.overallResult);
}
console.log(JSON.stringify(answers));
