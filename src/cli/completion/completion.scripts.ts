import { bashScript } from './bash.script.js';
import type { CommandNode } from './command.tree.js';
import { fishScript } from './fish.script.js';
import { zshScript } from './zsh.script.js';

/** The script of each shell. */
export const SHELLS: Readonly<Record<string, (tree: CommandNode) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
