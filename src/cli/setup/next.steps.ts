import { DEFAULT_ENV_FILE } from '../environment/env.variables.js';

const shellQuoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const envOption = (config: string): string => (config === DEFAULT_ENV_FILE ? '' : ` --env ${shellQuoted(config)}`);

/** The command that runs a server with this file. */
export const serverCommand = (config: string): string => `npx llm-proxy server${envOption(config)}`;

/** The steps from a running server to a first streamed response, as commands to copy. */
export const nextSteps = (
  config: string,
  baseUrl: string,
): string => `Next steps, in another terminal in this directory:
  1. Create a project. The command asks for your OpenAI key and does not show it:
       npx llm-proxy manage project create --name my-project${envOption(config)}
  2. Create a withering token for one day:
       npx llm-proxy manage token generate --project my-project --duration 1d${envOption(config)}
  3. Stream a response through the proxy. TOKEN is the token that step 2 printed:
       curl -N ${baseUrl}/v1/chat/completions \\
         -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\
         -d '{"model":"gpt-4.1-mini","stream":true,"messages":[{"role":"user","content":"Say hello."}]}'`;
