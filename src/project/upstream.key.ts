import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { isMasked } from '../common/values/mask.js';
import { errors } from '../common/errors/errors.js';
import { parseUpstreamBase, type UpstreamBase, upstreamBaseProblem } from '../common/values/upstream.base.js';
import { AppConfig } from '../config/app.config.js';
import type { Provider } from '../config/provider.js';
import { SecretCipher } from '../crypto/secret.cipher.js';
import { looksEncrypted } from '../crypto/stored.form.js';
import { isPrivateHost, mayBePrivate } from '../upstream/private.address.js';
import { ProjectEntity } from './project.entity.js';

/** Where a project's requests go and with which credential. Lives in memory only. */
export interface UpstreamAccess extends UpstreamBase {
  /** Of the project; see ProjectEntity. */
  revision: number;
  isActive: boolean;
  /** Undefined when the project names one that is not configured. */
  provider: Provider | undefined;
  /** `Bearer …`; undefined when the stored key does not open. */
  authorization: string | undefined;
}

export const API_KEY_COLUMN = 'api_key';
const fault = (field: string, message: string) => errors.validationFailed([{ field, message }]);

/** The one place that seals and opens upstream keys. */
@Injectable()
export class UpstreamKey {
  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    private readonly cipher: SecretCipher,
    private readonly config: AppConfig,
  ) {}

  /** The form a key is stored in. */
  seal(projectId: string, apiKey: string): string {
    if (isMasked(apiKey)) throw errors.apiKeyMasked();
    if (looksEncrypted(apiKey)) throw fault('api_key', 'api_key must be the key itself, not its encrypted form');
    return this.cipher.encrypt(apiKey, { projectId, column: API_KEY_COLUMN });
  }

  /** Undefined when there is no such project or it is deleted. */
  async access(projectId: string): Promise<UpstreamAccess | undefined> {
    const project = await this.projects.findOneBy({ id: projectId });
    if (!project || project.deletedAt !== null) return undefined;
    const provider = this.config.providers.get(project.provider);
    const base = project.baseUrl === null ? (provider ?? this.config.upstream) : parseUpstreamBase(project.baseUrl);
    return {
      revision: project.revision,
      origin: base.origin,
      prefix: base.prefix,
      isActive: project.isActive,
      provider,
      authorization: this.open(project),
    };
  }

  /** A base URL that may be stored; an operator's slip must not turn the proxy on this machine's own network. */
  checkedBase(text: string | null): string | null {
    if (text === null) return null;
    const why = upstreamBaseProblem(text);
    if (why) throw fault('base_url', `base_url ${why}`);
    const url = new URL(text);
    if (isPrivateHost(url.hostname) && !mayBePrivate(url.origin, this.config.upstream))
      throw fault('base_url', 'base_url is a private address that ALLOWED_PRIVATE_ORIGINS does not name');
    return text;
  }

  /** A name that may be stored. */
  checkedProvider(name: string | null): string | null {
    if (this.config.providers.get(name)) return name;
    const names = this.config.providers.all.map((provider) => provider.name).join(', ');
    throw fault('provider', `provider must be one of ${names}`);
  }

  /** A key that does not open disables its own project and nothing else. */
  private open(project: ProjectEntity): string | undefined {
    try {
      return project.apiKey === null
        ? undefined
        : `Bearer ${this.cipher.decrypt(project.apiKey, { projectId: project.id, column: API_KEY_COLUMN })}`;
    } catch {
      return undefined;
    }
  }
}
