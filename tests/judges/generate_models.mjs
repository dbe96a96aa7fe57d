// Models of all events by quicktype: node generate_models.mjs SCHEMA LANGUAGE FOLDER
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { FetchingJSONSchemaStore, InputData, JSONSchemaInput, quicktypeMultiFile } from "quicktype-core";

const [schema, language, folder] = process.argv.slice(2);
const input = new JSONSchemaInput(new FetchingJSONSchemaStore());
await input.addSource({ name: "Events", schema: readFileSync(schema, "utf8") });
const inputData = new InputData();
inputData.addInput(input);
const rendererOptions = { package: "events", "array-type": "list", "python-version": "3.7", "nice-property-names": "true" };
const files = await quicktypeMultiFile({ inputData, lang: language, rendererOptions, combineClasses: false });
mkdirSync(folder, { recursive: true });
for (const [name, { lines }] of files) {
  writeFileSync(`${folder}/${name === "stdout" ? { typescript: "events.ts", python: "events.py" }[language] : name}`, lines.join("\n"));
}
