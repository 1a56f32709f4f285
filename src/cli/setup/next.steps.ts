import { resolve } from 'node:path';
import { callersFolder, ownCommand, shellWord } from '../../common/values/own.command.js';
import { DEFAULT_ENV_FILE } from '../environment/env.variables.js';

/** The default file is found without the option, but only in the folder of this process. */
function envOption(config: string): string {
  const isHere = callersFolder() === process.cwd();
  if (isHere && config === DEFAULT_ENV_FILE) return '';
  return ` --env ${shellWord(isHere ? config : resolve(config))}`;
}

/** A command of this program that reads this file. */
const command = (words: string, config: string): string => ownCommand(`${words}${envOption(config)}`);

/** The command that runs a server with this file. */
export const serverCommand = (config: string): string => command('server', config);

/** The steps from a running server to a first streamed response, as commands to copy. */
export const nextSteps = (
  config: string,
  baseUrl: string,
): string => `Next steps, in another terminal in ${callersFolder()}:
  1. Create a project. The command asks for your OpenAI key and does not show it:
       ${command('manage project create --name my-project', config)}
  2. Create a withering token for one day:
       ${command('manage token generate --project my-project --duration 1d', config)}
  3. Stream a response through the proxy. TOKEN is the token that step 2 printed:
       curl -N ${baseUrl}/v1/chat/completions \\
         -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\
         -d '{"model":"gpt-4.1-mini","stream":true,"messages":[{"role":"user","content":"Say hello."}]}'`;
