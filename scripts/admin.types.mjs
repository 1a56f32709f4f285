// Writes the types of the management API for the web interface, from api/openapi.yaml into web/src/api/schema.d.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../api/openapi.yaml', import.meta.url);
const TYPES = new URL('../web/src/api/schema.d.ts', import.meta.url);

const text = `// Made by scripts/admin.types.mjs from api/openapi.yaml.\n${astToString(await openapiTS(DOCUMENT))}`;
if (!existsSync(TYPES) || readFileSync(TYPES, 'utf8') !== text) writeFileSync(TYPES, text);
