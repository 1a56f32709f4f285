// Writes every command's help into dist/help.json and the completion scripts into dist/completion.json. The launcher
// (bin/llm-proxy.cjs) prints them from these files, because loading the command framework alone takes most of a second.
// Tests compare them with the commands' own output. help.json is the last file of a build (build.when.stale.mjs).
import { writeFileSync } from 'node:fs';
import { renderPrepared } from '../dist/src/cli/help.js';
import { Terminal } from '../dist/src/cli/terminal/terminal.js';

const { help, completion } = await renderPrepared(Terminal.ofProcess());
for (const [name, texts] of Object.entries({ completion, help }))
  writeFileSync(new URL(`../dist/${name}.json`, import.meta.url), `${JSON.stringify(texts, null, 1)}\n`);
