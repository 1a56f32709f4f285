import { Injectable } from '@nestjs/common';
import type { Variables } from '../../config/values/variables.js';
import { usageError } from '../terminal/cli.error.js';
import { envVariables, missingFrom, sourceOf } from '../environment/env.variables.js';
import { listenUrl } from '../environment/listen.url.js';
import { checkedBase, ManagementClient } from './management.client.js';
import type { CallSources } from './management.errors.js';
import { oneWord, SecretInput } from '../terminal/secret.input.js';
import { Terminal } from '../terminal/terminal.js';

export interface AccessOptions {
  manageApiBaseUrl?: string;
  managementTokenFile?: string;
  env?: string;
  waitReplicas?: true;
}

interface Credential {
  token: string;
  /** Where it comes from, in words. */
  source: string;
}

const OTHER_WAYS = 'Set it, name its file with --env <file>, or use --management-token-file <path>';

/** Finds the server and the management token for a `manage` command. */
@Injectable()
export class ManagementAccess {
  constructor(
    private readonly terminal: Terminal,
    private readonly secrets: SecretInput,
  ) {}

  async connect(options: AccessOptions): Promise<ManagementClient> {
    const variables = envVariables(options.env);
    const { token, source } = await this.credential(options, variables['MANAGEMENT_TOKEN']);
    return new ManagementClient(addressOf(options, variables), token, {
      waitsForReplicas: options.waitReplicas,
      sources: { address: addressSource(options, variables), credential: source },
    });
  }

  /** The address, and the token if there is one, for a call that needs none. Nothing is asked. */
  async target(options: AccessOptions): Promise<{ base: string; sources: CallSources; token: string | undefined }> {
    const variables = envVariables(options.env);
    const isGiven = options.managementTokenFile !== undefined || Boolean(variables['MANAGEMENT_TOKEN']);
    return {
      base: checkedBase(addressOf(options, variables)),
      sources: { address: addressSource(options, variables) },
      token: isGiven ? (await this.credential(options, variables['MANAGEMENT_TOKEN'])).token : undefined,
    };
  }

  private async credential(
    { managementTokenFile: file, env }: AccessOptions,
    configured: string | undefined,
  ): Promise<Credential> {
    if (file === undefined && configured)
      return {
        token: oneWord('MANAGEMENT_TOKEN', configured),
        source: `MANAGEMENT_TOKEN in ${sourceOf('MANAGEMENT_TOKEN', env)}`,
      };
    if (file === undefined) this.explainMissing(missingFrom('MANAGEMENT_TOKEN', env));
    return { token: await this.secrets.read('Management token', file), source: inputOf(file) };
  }

  /** Throws without a terminal. At a terminal the token is asked for, and the note says why. */
  private explainMissing(why: string): void {
    if (!this.terminal.interactive) throw usageError(`a management token is required: ${why}. ${OTHER_WAYS}`);
    this.terminal.hint(`${why[0]!.toUpperCase()}${why.slice(1)}. ${OTHER_WAYS}.`);
  }
}

function inputOf(file: string | undefined): string {
  if (file === undefined) return 'your input';
  return file === '-' ? 'standard input' : `--management-token-file ${file}`;
}

const addressOf = ({ manageApiBaseUrl }: AccessOptions, variables: Variables): string =>
  manageApiBaseUrl ?? listenUrl(variables['LISTEN_ADDR']);

/** Where the address of the server comes from, in words. */
function addressSource({ manageApiBaseUrl, env }: AccessOptions, variables: Variables): string {
  if (manageApiBaseUrl !== undefined) return '--manage-api-base-url';
  return variables['LISTEN_ADDR'] ? `LISTEN_ADDR in ${sourceOf('LISTEN_ADDR', env)}` : 'the default';
}
