import { type CommandNode, walkTree } from './command.tree.js';
import { placeBranches, placeOf, singleQuoted, spellingsWith } from './shell.text.js';

const words = (all: readonly string[]): string => singleQuoted(all.join(' '));

const namesOf = ({ commands, choices }: CommandNode): string[] => [
  ...commands.flatMap(({ name, aliases }) => [name, ...aliases]),
  ...choices,
];

/** The completion of bash 3.2 and newer. It reads nothing but its own text. */
export function bashScript(tree: CommandNode): string {
  const places = walkTree(tree);
  return `# Completion of llm-proxy for bash. In ~/.bashrc: source <(llm-proxy completion bash)
_llm_proxy() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" place='' i
  local commands='' flags='' files='' texts='' IFS=$' \\t\\n'
  COMPREPLY=()
  if [[ $word == '=' ]]; then word=''; elif [[ $previous == '=' ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$place \${COMP_WORDS[i]}" in
${placeBranches(tree)}
    esac
  done
  case "$place" in
${places.map(([path, node]) => `    ${singleQuoted(placeOf(path))}) ${valuesOf(node)} ;;`).join('\n')}
  esac
  if [[ " $files " == *" $previous "* ]]; then
    compopt -o filenames 2>/dev/null
    IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$word"))
  elif [[ " $texts " != *" $previous "* ]]; then
    [[ $word == -* || -z $commands ]] && commands="$flags"
    COMPREPLY=($(compgen -W "$commands" -- "$word"))
  fi
}
complete -F _llm_proxy llm-proxy
`;
}

function valuesOf(node: CommandNode): string {
  const flags = node.flags.flatMap(({ names }) => names);
  return [
    `commands=${words(namesOf(node))}`,
    `flags=${words(flags)}`,
    `files=${words(spellingsWith(node.flags, 'file'))}`,
    `texts=${words(spellingsWith(node.flags, 'text'))}`,
  ].join(' ');
}
