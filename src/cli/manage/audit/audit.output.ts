import type { SignedHead } from '../../../audit/chain/signed.head.js';
import type { Verdict } from '../../../audit/chain/chain.fault.js';
import type { AuditRow } from '../../../audit/row/audit.row.js';
import { fieldTime, tableTime } from '../../terminal/relative.time.js';
import { type Cell, fields, table } from '../../terminal/table.js';
import { printable, type Screen } from '../../terminal/terminal.js';
import { tableId } from '../resource.id.js';

const HEADINGS = ['SEQ', 'TIME', 'ACTION', 'ACTOR', 'OUTCOME', 'PROJECT', 'TOKEN', 'IP'];

export function auditTable(rows: readonly AuditRow[], screen: Screen): string {
  if (rows.length === 0) return 'There are no such rows.';
  const id = (value: string | undefined): Cell => value && tableId(value, screen);
  const lines = rows.map((row) => [
    row.seq,
    tableTime(row.at, screen),
    row.action,
    row.actor_name ?? row.actor,
    row.reason === undefined ? row.outcome : `${row.outcome}: ${row.reason}`,
    id(row.project_id),
    id(row.token_id),
    row.client_ip,
  ]);
  return table(HEADINGS, lines, screen, ['ACTOR', 'OUTCOME', 'IP']);
}

/** What the row has, one line each. */
export function auditFields(row: AuditRow, screen: Screen): string {
  const pairs: (readonly [string, Cell])[] = [
    ['Number', row.seq],
    ['Id', row.id],
    ['Time', fieldTime(row.at, screen)],
    ['Action', row.action],
    ['Actor', row.actor],
    ['Actor name', row.actor_name],
    ['Actor id', row.actor_id],
    ['Session', row.session_id],
    ['Origin', row.origin],
    ['Outcome', row.outcome],
    ['Reason', row.reason],
    ['Project', row.project_id],
    ['Token', row.token_id],
    ['Subject', row.subject_id],
    ['Request', row.request_id],
    ['Correlation', row.correlation_id],
    ['Address', row.client_ip],
    ['User agent', row.user_agent],
    ['Method', row.method],
    ['Path', row.path],
    ...Object.entries(row.changes ?? {}).map(
      ([name, change]) => [`Changed ${printable(name)}`, changeText(change)] as const,
    ),
    ...Object.entries(row.metadata ?? {}).map(([name, value]) => [printable(name), valueText(value)] as const),
    ['Hash before', row.prev_hash],
    ['Hash', row.hash],
    ['Key', row.key_id],
    ['Signature', row.signature],
  ];
  return fields(pairs.filter(([, value]) => value !== undefined));
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function changeText(change: unknown): string {
  if (typeof change !== 'object' || change === null || !('from' in change && 'to' in change)) return valueText(change);
  return `${valueText(change.from)} → ${valueText(change.to)}`;
}

export const headFields = (head: SignedHead, screen: Screen): string =>
  fields([
    ['Number', head.seq],
    ['Hash', head.hash],
    ['Time', fieldTime(head.at, screen)],
    ...(head.signature === undefined
      ? []
      : ([
          ['Key', head.key_id],
          ['Signature', head.signature],
        ] as const)),
  ]);

/** `intact to #12, head 9f3c…`: the verdict in a sentence, and what limits it. */
export function verdictText(verdict: Verdict): string {
  const { signatures, pruned, noted_head: noted, checked, first_seq: first } = verdict;
  return [
    sentence(verdict),
    ...(noted === 'found' ? ['The noted head is in the log: no row before it was changed.'] : []),
    ...(noted === 'pruned' ? ['The row of the noted head was pruned.'] : []),
    ...(pruned ? [`Rows up to #${pruned.to_seq} were pruned at ${pruned.at}.`] : []),
    ...(!pruned && checked > 0 && first !== 1 ? [`The rows before #${first} are not here.`] : []),
    ...(verdict.unwritten ?? []).map(
      ({ from_seq: from, to_seq: to }) =>
        `Rows #${from} to #${to} are not here: they were pruned before they were written, says the file. What the next row follows is not checked.`,
    ),
    ...(signatures.checked > 0 ? [signaturesText(signatures.checked)] : []),
    ...(signatures.unknown_keys.length > 0
      ? [`Signed with keys that only the log names: ${signatures.unknown_keys.join(', ')}. Give --public-key.`]
      : []),
  ].join('\n');
}

const signaturesText = (count: number): string =>
  count === 1 ? '1 signature is right.' : `${count} signatures are right.`;

function sentence(verdict: Verdict): string {
  const { state, checked, last_seq: last, head } = verdict;
  if (state === 'empty') return 'empty: there are no rows';
  if (state === 'intact') return `intact to #${last}, ${checked} rows, head ${head}`;
  return brokenText(verdict);
}

export function brokenText({ broken_at: fault }: Verdict): string {
  if (!fault) return 'broken';
  const detail = fault.detail === undefined ? '' : ` (${printable(fault.detail)})`;
  return `broken at #${fault.seq}: ${fault.why}${detail}`;
}
