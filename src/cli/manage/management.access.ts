import { Injectable } from '@nestjs/common';
import { usageError } from '../terminal/cli.error.js';
import { envVariables } from '../environment/env.variables.js';
import { listenUrl } from '../environment/listen.url.js';
import { ManagementClient } from './management.client.js';
import { oneWord, SecretInput } from '../terminal/secret.input.js';
import { Terminal } from '../terminal/terminal.js';

export interface AccessOptions {
  manageApiBaseUrl?: string;
  managementTokenFile?: string;
  env?: string;
  waitReplicas?: true;
}

/** Finds the server and the management token for a `manage` command. */
@Injectable()
export class ManagementAccess {
  constructor(
    private readonly terminal: Terminal,
    private readonly secrets: SecretInput,
  ) {}

  async connect(options: AccessOptions): Promise<ManagementClient> {
    const variables = envVariables(options.env);
    const baseUrl = options.manageApiBaseUrl ?? listenUrl(variables['LISTEN_ADDR']);
    const token = await this.token(options.managementTokenFile, variables['MANAGEMENT_TOKEN']);
    return new ManagementClient(baseUrl, token, options.waitReplicas);
  }

  private async token(file: string | undefined, configured: string | undefined): Promise<string> {
    if (file === undefined && configured) return oneWord('MANAGEMENT_TOKEN', configured);
    if (file === undefined && !this.terminal.interactive)
      throw usageError('a management token is required: set MANAGEMENT_TOKEN or use --management-token-file <path>');
    return this.secrets.read('Management token', file);
  }
}
