import { DEFAULT_ENV_FILE } from '../environment/env.variables.js';

/** The command that runs a server with this file. */
export const serverCommand = (config: string): string =>
  config === DEFAULT_ENV_FILE ? 'npx llm-proxy server' : `npx llm-proxy server --env '${config}'`;

/** The way from a running server to a first streamed answer, to copy line by line. */
export const nextSteps = (baseUrl: string): string => `Next steps, in another terminal in this directory:
  1. Create a project; your OpenAI key is asked for and not shown:
       npx llm-proxy manage project create --name my-project
  2. Create a withering token for it, here for a day:
       npx llm-proxy manage token generate --project-id <project id> --duration 1440
  3. Stream an answer through the proxy:
       curl -N ${baseUrl}/v1/chat/completions \\
         -H 'Authorization: Bearer <token>' -H 'Content-Type: application/json' \\
         -d '{"model":"gpt-4.1-mini","stream":true,"messages":[{"role":"user","content":"Say hello."}]}'`;
