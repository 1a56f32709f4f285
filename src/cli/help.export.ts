import { writeFileSync } from 'node:fs';
import { renderHelp } from './help.js';
import { Terminal } from './terminal/terminal.js';

// Run after `nest build`. Loading the command framework alone costs more CPU than a help text may, so the launcher
// (bin/llm-proxy.cjs) answers help from this file; a test compares it with what the commands themselves print.
writeFileSync(
  new URL('../../help.json', import.meta.url),
  `${JSON.stringify(await renderHelp(Terminal.ofProcess()), null, 1)}\n`,
);
