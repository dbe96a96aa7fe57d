// Renders the document as AsyncAPI's own component does for its HTML pages, and writes the page's HTML.
import { readFileSync } from "node:fs";
import AsyncApiComponent from "@asyncapi/react-component";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Parser } from "@asyncapi/parser";

const { document } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
const Component = AsyncApiComponent.default ?? AsyncApiComponent;
process.stdout.write(renderToStaticMarkup(createElement(Component, { schema: document })));
