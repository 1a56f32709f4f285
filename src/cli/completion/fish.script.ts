import { type CommandNode, type FlagNode, walkTree } from './command.tree.js';
import { placeOf, spellingsOf } from './shell.text.js';

/** A word of fish, which knows two escapes between single quotes. */
const quoted = (text: string): string => `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;

const VALUE = { file: ' -r -F', text: ' -x', none: '' };

/** The completion of fish, to be sourced, or to be a file `llm-proxy.fish` in ~/.config/fish/completions. */
export function fishScript(tree: CommandNode): string {
  const places = walkTree(tree);
  const cases = places.flatMap(([path]) => placeCase(tree, path)).join('\n');
  const lines = places.flatMap(([path, node]) => completionsOf(path, node)).join('\n');
  return `# Completion of llm-proxy for fish: llm-proxy completion fish > ~/.config/fish/completions/llm-proxy.fish
function __llm_proxy_at
    set -l place ''
    for word in (commandline -opc)[2..-1]
        switch "$place $word"
${cases}
        end
    end
    test "$place" = "$argv[1]"
end
complete -c llm-proxy -f
${lines}
`;
}

function placeCase(tree: CommandNode, path: readonly string[]): string[] {
  const before = placeOf(path.slice(0, -1));
  const patterns = spellingsOf(tree, path).map((name) => quoted(`${before} ${name}`));
  if (patterns.length === 0) return [];
  return [`            case ${patterns.join(' ')}`, `                set place ${quoted(placeOf(path))}`];
}

function completionsOf(path: readonly string[], { commands, choices, flags }: CommandNode): string[] {
  const at = `complete -c llm-proxy -n ${quoted(`__llm_proxy_at ${quoted(placeOf(path))}`)}`;
  return [
    ...commands.flatMap(({ name, aliases, description }) =>
      [name, ...aliases].map((word) => `${at} -a ${quoted(word)} -d ${quoted(description)}`),
    ),
    ...choices.map((choice) => `${at} -a ${quoted(choice)}`),
    ...flags.map((flag) => `${at}${flagText(flag)}`),
  ];
}

function flagText({ names, description, value }: FlagNode): string {
  const spellings = names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`));
  return `${spellings.join('')}${VALUE[value ?? 'none']} -d ${quoted(description)}`;
}
