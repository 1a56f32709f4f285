import { type DataSource, type EntityManager, In } from 'typeorm';
import { mask } from '../../common/values/mask.js';
import type { KeyRing } from '../../crypto/key.ring.js';
import { SecretCipher } from '../../crypto/secret.cipher.js';
import { formOfKey } from '../../crypto/stored.form.js';
import { TokenHasher } from '../../crypto/token.hasher.js';
import { retryWhileBusy } from '../../database/retry.js';
import { isUniqueViolation } from '../../database/dialect/driver.code.js';
import { ProjectEntity } from '../../project/project.entity.js';
import { keyLocation } from '../../project/upstream.key.js';
import { invalidateAll } from '../../changes/invalidate.all.js';
import { assertKeysFit } from '../key.rotation.js';
import { TokenEntity } from '../../token/token.entity.js';
import { maskImported } from '../../token/token.secret.js';
import { type GoProject, goProject, type GoToken, goToken, RowError, tokenName } from './go.rows.js';
import type { GoSource, Row } from './go.source.js';
import { ImportReport } from './import.report.js';

const CHUNK = 100;
const API_KEY = /^[\x21-\x7e]{1,512}$/;

export interface ImportOptions {
  /** Keys that decrypt the values of the source, in addition to the keys of the target. */
  sourceRing?: KeyRing;
  /** Reports what an import would do, and writes nothing. */
  dryRun?: boolean;
  nowMs: number;
}

/**
 * Imports projects and tokens of the Go system, so that issued tokens keep working. A project and its tokens are written in one
 * transaction. Existing rows never change, so an import can be repeated.
 */
export class GoImporter {
  private readonly cipher: SecretCipher;
  private readonly readCiphers: SecretCipher[];
  private readonly hasher: TokenHasher;
  /** Names of the projects of this run, also of a dry run. */
  private readonly names = new Set<string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly source: GoSource,
    private readonly options: ImportOptions,
  ) {
    this.cipher = new SecretCipher(ring);
    this.hasher = new TokenHasher(ring);
    this.readCiphers = [this.cipher, ...(options.sourceRing ? [new SecretCipher(options.sourceRing)] : [])];
  }

  /** Throws StartupError when the keys do not fit the target database. */
  async run(): Promise<ImportReport> {
    const { dryRun, nowMs } = this.options;
    await assertKeysFit(this.dataSource.manager, this.ring, nowMs);
    try {
      return await this.importAll();
    } finally {
      // Also after a failure: the imported rows may be in use.
      if (!dryRun) await invalidateAll(this.dataSource, nowMs);
    }
  }

  private async importAll(): Promise<ImportReport> {
    const report = new ImportReport();
    for (const row of await this.source.projects()) report.add(await this.project(row));
    for (const row of await this.source.orphans()) report.failToken(tokenName(row), 'its project does not exist');
    return report;
  }

  private async project(row: Row): Promise<ImportReport> {
    const tokens = await this.source.tokensOf(String(row['id']));
    try {
      const project = goProject(row, this.options.nowMs);
      const apiKey = this.upstreamKey(project);
      const imported = await retryWhileBusy(async () =>
        this.dataSource.transaction(async (manager) => {
          const report = new ImportReport();
          if (await this.importProject(manager, project, apiKey, report))
            await this.importTokens(manager, project.id, tokens, report);
          else report.tokens.skipped += tokens.length;
          return report;
        }),
      );
      this.names.add(project.name);
      return imported;
    } catch (error) {
      const failed = new ImportReport();
      failed.failProject(String(row['id']).slice(0, 36), tokens.length, reasonOf(error));
      return failed;
    }
  }

  /** False when the project was deleted in the target: its tokens are skipped too. */
  private async importProject(
    manager: EntityManager,
    project: GoProject,
    apiKey: string,
    report: ImportReport,
  ): Promise<boolean> {
    const { storedKey: _, ...columns } = project;
    const known = await manager.findOneBy(ProjectEntity, { id: project.id });
    if (known) {
      report.projects.skipped += 1;
      return known.deletedAt === null;
    }
    if (this.names.has(project.name) || (await manager.existsBy(ProjectEntity, { nameKey: project.name })))
      throw new RowError('another project has the same name');
    const encrypted = this.cipher.encrypt(apiKey, keyLocation(project.id));
    const row = { ...columns, nameKey: project.name, apiKey: encrypted, apiKeyDisplay: mask(apiKey) };
    if (!this.options.dryRun) await manager.insert(ProjectEntity, row);
    report.projects.imported += 1;
    return true;
  }

  private async importTokens(manager: EntityManager, projectId: string, rows: Row[], report: ImportReport) {
    const tokens = rows.flatMap((row) => this.parsed(row, report));
    for (let from = 0; from < tokens.length; from += CHUNK) {
      const chunk = tokens.slice(from, from + CHUNK);
      const fresh = await this.newTokens(manager, chunk);
      report.tokens.skipped += chunk.length - fresh.length;
      report.tokens.imported += fresh.length;
      if (!this.options.dryRun && fresh.length > 0)
        await manager.insert(
          TokenEntity,
          fresh.map((token) => this.rowOf(projectId, token)),
        );
    }
  }

  private parsed(row: Row, report: ImportReport): GoToken[] {
    try {
      return [goToken(row, this.options.nowMs)];
    } catch (error) {
      report.failToken(tokenName(row), reasonOf(error));
      return [];
    }
  }

  /** The tokens that the target lacks. It may have a token under its id, or under a newer form of its hash. */
  private async newTokens(manager: EntityManager, tokens: GoToken[]): Promise<GoToken[]> {
    const known = await manager.find(TokenEntity, {
      select: { id: true, secretHash: true },
      where: [{ id: In(tokens.map(({ id }) => id)) }, { secretHash: In(tokens.flatMap((one) => this.hashes(one))) }],
    });
    const taken = new Set(known.flatMap(({ id, secretHash }) => [id, secretHash]));
    return tokens.filter((token) => !taken.has(token.id) && !this.hashes(token).some((hash) => taken.has(hash)));
  }

  private hashes({ secret, plainHash }: GoToken): string[] {
    return secret === undefined ? [plainHash] : this.hasher.candidates(secret);
  }

  private rowOf(projectId: string, token: GoToken): Partial<TokenEntity> {
    const { secret, plainHash, ...columns } = token;
    return {
      ...columns,
      projectId,
      secretHash: secret === undefined ? plainHash : this.hasher.hash(secret),
      secretDisplay: maskImported(secret, token.id),
    };
  }

  private upstreamKey({ id, storedKey }: GoProject): string {
    const { kind } = formOfKey(storedKey);
    if (storedKey === '') throw new RowError('it has no upstream key');
    const text = kind === 'clear' || kind === 'enc:v1' ? this.decrypted(storedKey, id) : undefined;
    if (text === undefined) throw new RowError('its upstream key cannot be decrypted with the given keys');
    if (!API_KEY.test(text)) throw new RowError('its upstream key has characters other than visible ASCII');
    return text;
  }

  private decrypted(stored: string, projectId: string): string | undefined {
    for (const cipher of this.readCiphers) {
      const text = cipher.tryDecrypt(stored, keyLocation(projectId));
      if (text !== undefined) return text;
    }
    return undefined;
  }
}

/** Rethrows an error that is not about the row: it ends the import, which can be repeated. */
function reasonOf(error: unknown): string {
  if (error instanceof RowError) return error.message;
  if (isUniqueViolation(error)) return 'another program has written it meanwhile, or the source has it twice';
  throw error;
}
