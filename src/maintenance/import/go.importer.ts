import { type DataSource, type EntityManager, In } from 'typeorm';
import { mask } from '../../common/values/mask.js';
import type { KeyRing } from '../../crypto/key.ring.js';
import { SecretCipher } from '../../crypto/secret.cipher.js';
import { formOfKey } from '../../crypto/stored.form.js';
import { TokenHasher } from '../../crypto/token.hasher.js';
import { retryWhileBusy } from '../../database/retry.js';
import { isUniqueViolation } from '../../database/dialect/database.error.js';
import { ProjectEntity } from '../../project/project.entity.js';
import { API_KEY_COLUMN } from '../../project/upstream.key.js';
import { invalidateAll } from '../../changes/invalidate.all.js';
import { assertKeysFit } from '../key.rotation.js';
import { TokenEntity } from '../../token/token.entity.js';
import { maskImported } from '../../token/token.secret.js';
import { type GoProject, goProject, type GoToken, goToken, RowFault, tokenName } from './go.rows.js';
import type { GoSource, Row } from './go.source.js';
import { ImportReport } from './import.report.js';

const CHUNK = 100;
const API_KEY = /^[\x21-\x7e]{1,512}$/;

export interface ImportOptions {
  /** Opens what the source sealed, besides the keys of the ring. */
  sourceRing?: KeyRing;
  /** Counts and tells, and writes nothing. */
  dryRun?: boolean;
  nowMs: number;
}

/**
 * Brings projects and tokens of the Go system over, so that issued tokens keep working. A project and its tokens come in
 * one transaction; what is there already is never touched, so that an import may be repeated.
 */
export class GoImporter {
  private readonly cipher: SecretCipher;
  private readonly openers: SecretCipher[];
  private readonly hasher: TokenHasher;
  /** Of projects that came in this run, also where nothing is written. */
  private readonly names = new Set<string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
    private readonly source: GoSource,
    private readonly options: ImportOptions,
  ) {
    this.cipher = new SecretCipher(ring);
    this.hasher = new TokenHasher(ring);
    this.openers = [this.cipher, ...(options.sourceRing ? [new SecretCipher(options.sourceRing)] : [])];
  }

  /** Throws StartError for keys that are not those of the database it writes to. */
  async run(): Promise<ImportReport> {
    const { dryRun, nowMs } = this.options;
    await assertKeysFit(this.dataSource.manager, this.ring, nowMs);
    try {
      return await this.everything();
    } finally {
      // Also when it broke off: what has come may be used.
      if (!dryRun) await invalidateAll(this.dataSource, nowMs);
    }
  }

  private async everything(): Promise<ImportReport> {
    const report = new ImportReport();
    for (const row of await this.source.projects()) report.add(await this.project(row));
    for (const row of await this.source.orphans()) report.failToken(tokenName(row), 'its project is not there');
    return report;
  }

  private async project(row: Row): Promise<ImportReport> {
    const tokens = await this.source.tokensOf(String(row['id']));
    try {
      const project = goProject(row, this.options.nowMs);
      const apiKey = this.open(project);
      const brought = await retryWhileBusy(async () =>
        this.dataSource.transaction(async (manager) => {
          const report = new ImportReport();
          if (await this.bringProject(manager, project, apiKey, report))
            await this.bringTokens(manager, project.id, tokens, report);
          else report.tokens.skipped += tokens.length;
          return report;
        }),
      );
      this.names.add(project.name);
      return brought;
    } catch (error) {
      const failed = new ImportReport();
      failed.failProject(String(row['id']).slice(0, 36), tokens.length, whyOf(error));
      return failed;
    }
  }

  /** False when the project was deleted here: its tokens stay away, too. */
  private async bringProject(
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
      throw new RowFault('another project has its name');
    const sealed = this.cipher.encrypt(apiKey, { projectId: project.id, column: API_KEY_COLUMN });
    const row = { ...columns, nameKey: project.name, apiKey: sealed, apiKeyDisplay: mask(apiKey) };
    if (!this.options.dryRun) await manager.insert(ProjectEntity, row);
    report.projects.imported += 1;
    return true;
  }

  private async bringTokens(manager: EntityManager, projectId: string, rows: Row[], report: ImportReport) {
    const tokens = rows.flatMap((row) => this.parsed(row, report));
    for (let from = 0; from < tokens.length; from += CHUNK) {
      const chunk = tokens.slice(from, from + CHUNK);
      const fresh = await this.without(manager, chunk);
      report.tokens.skipped += chunk.length - fresh.length;
      report.tokens.imported += fresh.length;
      if (!this.options.dryRun && fresh.length > 0)
        await manager.insert(
          TokenEntity,
          fresh.map((token) => this.entity(projectId, token)),
        );
    }
  }

  private parsed(row: Row, report: ImportReport): GoToken[] {
    try {
      return [goToken(row, this.options.nowMs)];
    } catch (error) {
      report.failToken(tokenName(row), whyOf(error));
      return [];
    }
  }

  /** Those that are not here: by id, and by every form of hash they may have taken on since. */
  private async without(manager: EntityManager, tokens: GoToken[]): Promise<GoToken[]> {
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

  private entity(projectId: string, token: GoToken): Partial<TokenEntity> {
    const { secret, plainHash, ...columns } = token;
    return {
      ...columns,
      projectId,
      secretHash: secret === undefined ? plainHash : this.hasher.hash(secret),
      secretDisplay: maskImported(secret, token.id),
    };
  }

  private open({ id, storedKey }: GoProject): string {
    const { kind } = formOfKey(storedKey);
    if (storedKey === '') throw new RowFault('it has no upstream key');
    const text = kind === 'clear' || kind === 'enc:v1' ? this.opened(storedKey, id) : undefined;
    if (text === undefined) throw new RowFault('its upstream key does not open with the keys at hand');
    if (!API_KEY.test(text)) throw new RowFault('its upstream key is not of visible ASCII characters');
    return text;
  }

  private opened(stored: string, projectId: string): string | undefined {
    for (const cipher of this.openers)
      try {
        return cipher.decrypt(stored, { projectId, column: API_KEY_COLUMN });
      } catch {
        continue;
      }
    return undefined;
  }
}

/** Anything but a fault of the row itself ends the import: it can be started again. */
function whyOf(error: unknown): string {
  if (error instanceof RowFault) return error.message;
  if (isUniqueViolation(error)) return 'something of it came from elsewhere meanwhile, or stands in the source twice';
  throw error;
}
