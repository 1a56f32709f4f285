import canonicalize from 'canonicalize';
import { type Changes } from '../../../src/audit/row/audit.draft.js';
import { hideKeys } from '../../../src/audit/row/audit.redaction.js';
import type { AuditRow } from '../../../src/audit/row/audit.row.js';
import { clean } from '../../../src/audit/row/clean.value.js';
import { changesOf, type Shown } from '../../../src/audit/row/field.changes.js';
import type { Json } from '../../../src/common/audit/json.js';
import { SHOWN_OF_OPERATOR } from '../../../src/operator/operator.audit.js';
import { SHOWN_OF_PROJECT } from '../../../src/project/project.audit.js';
import { SHOWN_OF_TOKEN } from '../../../src/token/token.audit.js';
import type { Columns, Tables } from './audit.tables.js';

/** The fields of a subject that are not null, by their names in the API. */
type Fields = Record<string, Json>;

/** Rebuilds projects, tokens and operators from the rows of the audit log alone. */
export class AuditFold {
  private readonly projects = new Map<string, Fields>();
  private readonly tokens = new Map<string, Fields>();
  private readonly operators = new Map<string, Fields>();
  private readonly projectOf = new Map<string, string>();
  private readonly faults: string[] = [];

  /** What does not follow from the rows before it, and what is otherwise in the tables. */
  static faults(tables: Tables): string[] {
    const fold = new AuditFold();
    for (const row of tables.audit) if (row.outcome === 'success') fold.add(row);
    const isKept = ({ deleted_at: deletedAt }: Columns): boolean => deletedAt === null || deletedAt === undefined;
    const kept = new Map([...tables.projects].filter(([, columns]) => isKept(columns)));
    fold.compare('project', fold.projects, kept, SHOWN_OF_PROJECT as Shown<object>);
    fold.compare('token', fold.tokens, tables.tokens, SHOWN_OF_TOKEN as Shown<object>);
    fold.compare('operator', fold.operators, tables.operators, SHOWN_OF_OPERATOR as Shown<object>);
    return fold.faults;
  }

  private add(row: AuditRow): void {
    const { action, project_id: project, token_id: token, subject_id: subject } = row;
    const changes = (row.changes ?? {}) as Changes;
    if (action === 'token.replace' && token) this.replace(row, token);
    if (action === 'token.create' && token && project) this.projectOf.set(token, project);
    if (action.startsWith('token.') && token) this.apply(row, this.tokens, token, changes);
    if (action.startsWith('operator.') && subject) this.apply(row, this.operators, subject, changes);
    if (action.startsWith('project.') && project) this.apply(row, this.projects, project, changes);
    this.revoke(row);
  }

  /** `from` is the value that the rows before it left. */
  private apply({ seq, action }: AuditRow, subjects: Map<string, Fields>, id: string, changes: Changes): void {
    const fields = subjects.get(id) ?? {};
    for (const [name, { from, to }] of Object.entries(changes)) {
      if (!isSame(fields[name] ?? null, from))
        this.faults.push(`#${seq} ${action}: ${name} was ${text(fields[name])}, not ${text(from)}`);
      fields[name] = to;
    }
    subjects.set(id, fields);
  }

  /** The row is of the old token. It says what the new one has otherwise. */
  private replace({ metadata, project_id: project }: AuditRow, old: string): void {
    const { successor_id: id, successor } = metadata as { successor_id: string; successor: Fields };
    this.tokens.set(id, { ...this.tokens.get(old), ...successor });
    if (project) this.projectOf.set(id, project);
  }

  /** Rows of many tokens name them, or up to 500 of them and their project, and how many they were. */
  private revoke({ seq, action, metadata = {}, project_id: project }: AuditRow): void {
    const { revoked_count: count, token_ids: named } = metadata as { revoked_count?: number; token_ids?: string[] };
    if (count === undefined) return;
    const ofProject = [...this.tokens.keys()].filter((id) => this.projectOf.get(id) === project);
    const active = (named?.length === count ? named : ofProject).filter(
      (id) => this.tokens.get(id)?.['is_active'] === true,
    );
    if (active.length !== count)
      this.faults.push(`#${seq} ${action}: ${count} were revoked, ${active.length} were active`);
    for (const id of active) this.tokens.get(id)!['is_active'] = false;
  }

  private compare(
    kind: string,
    folded: Map<string, Fields>,
    stored: ReadonlyMap<string, Columns>,
    shown: Shown<object>,
  ): void {
    for (const id of new Set([...folded.keys(), ...stored.keys()])) {
      const columns = stored.get(id);
      const expected = columns ? shownOf(columns, shown) : {};
      for (const name of Object.keys(shown)) {
        const [there, rebuilt] = [expected[name] ?? null, folded.get(id)?.[name] ?? null];
        if (!isSame(there, rebuilt))
          this.faults.push(`${kind} ${id}: ${name} is ${text(there)}, the rows say ${text(rebuilt)}`);
      }
    }
  }
}

/** The stored row as the audit log shows it. */
function shownOf(columns: Columns, shown: Shown<object>): Fields {
  const entity = Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [camelCase(name), valueOf(name, value)]),
  );
  const fields = Object.entries(changesOf(undefined, entity, shown)).map(([name, { to }]) => [
    name,
    clean(to, hideKeys),
  ]);
  return Object.fromEntries(fields) as Fields;
}

const JSON_COLUMNS = /^(labels|allowed_\w+|projects|token_defaults|token_maxima)$/;
const NUMBERS = /^(max_\w+|rate_limit_per_minute|\w+_at)$/;

/** What the drivers return otherwise than TypeORM. */
function valueOf(name: string, value: unknown): unknown {
  if (value === null) return null;
  if (JSON_COLUMNS.test(name) && typeof value === 'string') return JSON.parse(value);
  if (name === 'is_active') return Boolean(value);
  return NUMBERS.test(name) ? Number(value) : value;
}

const camelCase = (name: string): string => name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
const text = (value: Json | undefined): string => canonicalize(value ?? null)!;
const isSame = (a: Json, b: Json): boolean => text(a) === text(b);
