import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { isMasked } from '../common/values/mask.js';
import { errors } from '../common/errors/errors.js';
import { parseUpstreamBase, type UpstreamBase, upstreamBaseProblem } from '../common/values/upstream.base.js';
import { AppConfig } from '../config/app.config.js';
import type { Provider } from '../config/provider/provider.js';
import { SecretCipher, type SecretLocation } from '../crypto/secret.cipher.js';
import { looksEncrypted } from '../crypto/stored.form.js';
import type { ProjectLimits } from '../limits/limits.js';
import { isPrivateHost, mayBePrivate } from '../upstream/private.address.js';
import { keyDoubt, keyFault } from './key.shape.js';
import { ProjectEntity } from './project.entity.js';

/** The upstream of a project's requests and its credential. Never stored. */
export interface UpstreamAccess extends UpstreamBase {
  /** The revision of the project. */
  revision: number;
  isActive: boolean;
  /** Undefined when the project names a provider that is not configured. */
  provider: Provider | undefined;
  /** `Bearer …`; undefined when the stored key cannot be decrypted. */
  authorization: string | undefined;
  /** Undefined when the project has neither a rate nor a concurrency limit. */
  limits: ProjectLimits | undefined;
  /** The project has a cap of requests a day or month. */
  capped: boolean;
}

/** The location of a project's upstream key: what one piece of code encrypts, another decrypts. */
export const keyLocation = (projectId: string): SecretLocation => ({ projectId, column: 'api_key' });

/** The only code of a server that encrypts and decrypts upstream keys. */
@Injectable()
export class UpstreamKey {
  constructor(
    @InjectRepository(ProjectEntity) private readonly projects: Repository<ProjectEntity>,
    private readonly cipher: SecretCipher,
    private readonly config: AppConfig,
  ) {}

  /** Encrypts a key for storage. */
  seal(projectId: string, apiKey: string): string {
    if (isMasked(apiKey)) throw errors.apiKeyMasked();
    const { managementToken, previousManagementToken } = this.config;
    const fault = keyFault(apiKey, [managementToken, previousManagementToken]);
    if (fault) throw errors.fieldInvalid('api_key', fault);
    if (looksEncrypted(apiKey)) throw errors.fieldInvalid('api_key', 'must be the key itself, not its encrypted form');
    return this.cipher.encrypt(apiKey, keyLocation(projectId));
  }

  /** Why this key is probably a mistake for the upstream of the project; undefined when it looks right. */
  doubt(project: ProjectEntity, apiKey: string): string | undefined {
    return keyDoubt(apiKey, this.baseOf(project).origin);
  }

  /** Undefined when the project does not exist or is deleted. */
  async access(projectId: string): Promise<UpstreamAccess | undefined> {
    const project = await this.projects.findOneBy({ id: projectId });
    if (!project || project.deletedAt !== null) return undefined;
    const provider = this.config.providers.get(project.provider);
    const base = this.baseOf(project);
    return {
      revision: project.revision,
      origin: base.origin,
      prefix: base.prefix,
      isActive: project.isActive,
      provider,
      authorization: this.open(project),
      limits: limitsOf(project),
      capped: project.maxRequestsPerDay !== null || project.maxRequestsPerMonth !== null,
    };
  }

  /** Returns a base URL that may be stored. Private addresses are refused: they would expose the internal network. */
  checkedBase(text: string | null): string | null {
    if (text === null) return null;
    const problem = upstreamBaseProblem(text);
    if (problem) throw errors.fieldInvalid('base_url', problem);
    const url = new URL(text);
    if (isPrivateHost(url.hostname) && !mayBePrivate(url.origin, this.config.upstream))
      throw errors.fieldInvalid('base_url', 'is a private address that ALLOWED_PRIVATE_ORIGINS does not name');
    return text;
  }

  /** Returns the name of a configured provider, or null for the standard one. */
  checkedProvider(name: string | null): string | null {
    if (this.config.providers.get(name)) return name;
    const names = this.config.providers.all.map((provider) => provider.name).join(', ');
    throw errors.fieldInvalid('provider', `must be one of ${names}`);
  }

  private baseOf({ baseUrl, provider }: ProjectEntity): UpstreamBase {
    return baseUrl === null
      ? (this.config.providers.get(provider) ?? this.config.upstream)
      : parseUpstreamBase(baseUrl);
  }

  /** Whether the project has this key already. False for one that cannot be decrypted. */
  isOf(project: ProjectEntity, apiKey: string): boolean {
    return this.keyOf(project) === apiKey;
  }

  /** A key that cannot be decrypted disables only its own project. */
  private open(project: ProjectEntity): string | undefined {
    const apiKey = this.keyOf(project);
    return apiKey === undefined ? undefined : `Bearer ${apiKey}`;
  }

  private keyOf({ id, apiKey }: ProjectEntity): string | undefined {
    return apiKey === null ? undefined : this.cipher.tryDecrypt(apiKey, keyLocation(id));
  }
}

const limitsOf = ({ id, rateLimitPerMinute, maxConcurrent }: ProjectEntity): ProjectLimits | undefined =>
  rateLimitPerMinute === null && maxConcurrent === null
    ? undefined
    : { projectId: id, ratePerMinute: rateLimitPerMinute, maxConcurrent };
