import type { ReactElement } from 'react';
import type { Operator } from '../../api/types';
import { useMinute } from '../../format/now';
import { count } from '../../format/number';
import { Ago, Time } from '../../format/time';
import { AsCommand } from '../../parts/command';
import { curlCall } from '../../parts/command.line';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Confirm } from '../../ui/overlay/confirm';
import { Fault, Loading } from '../../ui/state';
import { type CardColumn, CardTable } from '../../ui/table/card.table';
import { NewOperatorButton } from './operator.new';
import { revoke, useOperators } from './operator.queries';

const ROLE_WORDS: Record<Operator['role'], string> = { viewer: 'Viewer', manager: 'Manager', admin: 'Administrator' };

const projectsOf = ({ projects }: Operator): string => {
  if (projects === null) return 'all';
  return projects.length === 1 ? '1 project' : `${count(projects.length)} projects`;
};

function State({ operator: { is_active: isActive, expires_at: expires } }: { operator: Operator }): ReactElement {
  const now = useMinute();
  if (!isActive) return <Badge tone="bad">Revoked</Badge>;
  return expires !== null && Date.parse(expires) < now ? (
    <Badge tone="bad">Expired</Badge>
  ) : (
    <Badge tone="good">Active</Badge>
  );
}

const Revoke = ({ operator }: { operator: Operator }): ReactElement => (
  <Confirm
    trigger={
      <Button kind="danger-quiet" aria-label={`Revoke ${operator.name}`}>
        Revoke
      </Button>
    }
    title={`Revoke ${operator.name}?`}
    verb="Revoke operator"
    consequences={[
      'Its credential is refused from the next call on, and its sessions end.',
      'Tokens that it has made stay as they are.',
      'It stays in this list, and in the audit log by its name.',
    ]}
    run={() => revoke(operator)}
  />
);

const COLUMNS: CardColumn<Operator>[] = [
  {
    header: 'Name',
    cell: ({ name, token }) => (
      <span className="grid leading-tight">
        <span className="font-[560] break-words">{name}</span>
        <code className="text-xs text-soft">{token}</code>
      </span>
    ),
  },
  { header: 'State', cell: (operator) => <State operator={operator} /> },
  { header: 'Role', cell: ({ role }) => ROLE_WORDS[role] },
  { header: 'Projects', cell: projectsOf },
  { header: 'Last used', cell: ({ last_used_at: at }) => <Ago at={at} /> },
  { header: 'Expires', cell: ({ expires_at: at }) => (at === null ? 'never' : <Time at={at} />) },
  {
    header: 'Action',
    cell: (operator) => (operator.is_active ? <Revoke operator={operator} /> : <span className="text-soft">none</span>),
  },
];

const CLI = 'llm-proxy manage operator create --name ana --role manager --project my-project';
const CURL = curlCall('POST', '/manage/operators', { name: 'ana', role: 'manager', projects: ['PROJECT_ID'] });

/** People and programs with a credential of their own. The page shows this card to admins alone. */
export function OperatorsCard(): ReactElement {
  const { data, error, isPending, refetch } = useOperators();
  return (
    <Card title="Operators" pad={false} actions={<NewOperatorButton />}>
      {isPending && <Loading label="Loading operators" />}
      {error !== null && <Fault fault={error} retry={() => void refetch()} />}
      {data !== undefined && data.total === 0 && (
        <p className="text-soft px-4 pb-4">
          There are none: everybody signs in with the management token. An operator has a credential and a role of its
          own.
        </p>
      )}
      {data !== undefined && data.total > 0 && (
        <CardTable caption="Operators" rows={data.rows} keyOf={({ id }) => id} columns={COLUMNS} />
      )}
      {data !== undefined && data.total > data.rows.length && (
        <p className="text-soft text-[0.8125rem] px-4 py-2.5 border-t border-line">
          These are the first {count(data.rows.length)} of {count(data.total)} by name.
        </p>
      )}
      <div className="px-4 py-3 border-t border-line">
        <AsCommand cli={CLI} curl={CURL} />
      </div>
    </Card>
  );
}
