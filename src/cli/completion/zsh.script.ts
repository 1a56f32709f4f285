import { type CommandNode, walkTree } from './command.tree.js';
import { placeBranches, placeOf, singleQuoted, spellingsWith } from './shell.text.js';

/** An entry of `_describe`: the colon separates the word from its description. */
const described = (word: string, description: string): string =>
  singleQuoted(`${word.replaceAll(':', String.raw`\:`)}:${description}`);

const list = (entries: readonly string[]): string => `(${entries.join(' ')})`;

/** The completion of zsh, to be sourced, or to be a file `_llm-proxy` in a folder of `fpath`. */
export function zshScript(tree: CommandNode): string {
  const places = walkTree(tree);
  return `#compdef llm-proxy
# Completion of llm-proxy for zsh. In ~/.zshrc, after compinit: source <(llm-proxy completion zsh)
_llm-proxy() {
  local place='' previous="\${words[CURRENT-1]}" i
  local -a commands flags files texts
  for ((i = 2; i < CURRENT; i++)); do
    case "$place \${words[i]}" in
${placeBranches(tree)}
    esac
  done
  case "$place" in
${places.map(([path, node]) => `    ${singleQuoted(placeOf(path))}) ${valuesOf(node)} ;;`).join('\n')}
  esac
  if (( \${files[(Ie)$previous]} )); then
    _files
  elif (( \${texts[(Ie)$previous]} )); then
    _message value
  elif [[ $PREFIX == -* ]] || (( ! $#commands )); then
    _describe -o option flags
  else
    _describe command commands
  fi
}
if [[ $funcstack[1] == _llm-proxy ]]; then _llm-proxy "$@"; else compdef _llm-proxy llm-proxy; fi
`;
}

function valuesOf({ commands, choices, flags }: CommandNode): string {
  const names = commands.flatMap(({ name, aliases, description }) =>
    [name, ...aliases].map((each) => described(each, description)),
  );
  const options = flags.flatMap(({ names: spellings, description }) =>
    spellings.map((each) => described(each, description)),
  );
  return [
    `commands=${list([...names, ...choices.map((choice) => singleQuoted(choice))])}`,
    `flags=${list(options)}`,
    `files=${list(spellingsWith(flags, 'file'))}`,
    `texts=${list(spellingsWith(flags, 'text'))}`,
  ].join(' ');
}
