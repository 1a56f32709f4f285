import { type CommandNode, type FlagNode, walkTree } from './command.tree.js';

/** A word of bash and zsh. */
export const singleQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The place of a command in its tree: ` manage project`; empty for the program. */
export const placeOf = (path: readonly string[]): string => path.map((word) => ` ${word}`).join('');

/** The names of the command at this path: its own first, then its aliases. */
export function spellingsOf(tree: CommandNode, path: readonly string[]): string[] {
  const [node] = path.reduce<readonly [CommandNode]>(
    ([parent], word) => [parent.commands.find(({ name }) => name === word) ?? parent],
    [tree],
  );
  return path.length === 0 ? [] : [node.name, ...node.aliases];
}

/** The branches of `case` that set the place, a line each. */
export const placeBranches = (tree: CommandNode): string =>
  walkTree(tree)
    .map(([path]) => placePatterns(tree, path))
    .filter(Boolean)
    .map((patterns) => `      ${patterns}`)
    .join('\n');

/** Every spelling of the flags with this kind of value. */
export const spellingsWith = (flags: readonly FlagNode[], value: FlagNode['value']): string[] =>
  flags.filter((flag) => flag.value === value).flatMap(({ names }) => names);

/** A branch of `case` that sets the place; empty for the program itself. */
function placePatterns(tree: CommandNode, path: readonly string[]): string {
  const before = placeOf(path.slice(0, -1));
  const patterns = spellingsOf(tree, path).map((name) => singleQuoted(`${before} ${name}`));
  return patterns.length === 0 ? '' : `${patterns.join('|')}) place=${singleQuoted(placeOf(path))} ;;`;
}
