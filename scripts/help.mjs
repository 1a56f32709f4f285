// Writes every command's help into dist/help.json. The launcher (bin/llm-proxy.cjs) prints help from that file, because
// loading the command framework alone takes most of a second. A test compares the file with the commands' own output.
import { writeFileSync } from 'node:fs';
import { renderHelp } from '../dist/src/cli/help.js';
import { Terminal } from '../dist/src/cli/terminal/terminal.js';

const help = await renderHelp(Terminal.ofProcess());
writeFileSync(new URL('../dist/help.json', import.meta.url), `${JSON.stringify(help, null, 1)}\n`);
