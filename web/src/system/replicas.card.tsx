import type { ReactElement } from 'react';
import type { System } from '../api/types';
import { count } from '../format/number';
import { shortSpan } from '../format/span';
import { Ago } from '../format/time';
import { Badge } from '../ui/badge';
import { Card } from '../ui/card';
import { type CardColumn, CardTable } from '../ui/table/card.table';

type Replica = System['replicas'][number];

/** A heartbeat comes each second; without one for longer a replica is not live. */
const LIVE_MS = 3000;

function State({ replica }: { replica: Replica }): ReactElement {
  const { silent_ms: silent, behind } = replica;
  if (silent > LIVE_MS) return <Badge tone="bad">Silent for {shortSpan(silent)}</Badge>;
  return behind > 0 ? <Badge tone="warn">{count(behind)} behind</Badge> : <Badge tone="good">Live</Badge>;
}

function Configured({ replica: { is_this: isThis, differs } }: { replica: Replica }): ReactElement {
  if (isThis) return <span className="text-soft">this one</span>;
  if (differs === undefined) return <span className="text-soft">unknown</span>;
  if (differs === 0) return <>as this one</>;
  return <Badge tone="warn">{differs === 1 ? '1 variable differs' : `${count(differs)} variables differ`}</Badge>;
}

const columns = (version: string): CardColumn<Replica>[] => [
  {
    header: 'Replica',
    cell: ({ name, is_this: isThis, role }) => (
      <span className="inline-flex flex-wrap items-center gap-2">
        <code className="break-all">{name}</code>
        {isThis && <Badge dot={false}>this one</Badge>}
        {role !== 'server' && <Badge dot={false}>{role}</Badge>}
      </span>
    ),
  },
  { header: 'State', cell: (replica) => <State replica={replica} /> },
  {
    header: 'Version',
    cell: ({ version: own }) => {
      if (own === undefined) return <span className="text-soft">unknown</span>;
      return own === version ? own : <Badge tone="warn">{own}</Badge>;
    },
  },
  { header: 'Since', cell: ({ started_at: at }) => (at === undefined ? '–' : <Ago at={at} />) },
  { header: 'Revision', cell: ({ revision }) => count(revision), isRight: true },
  { header: 'Configuration', cell: (replica) => <Configured replica={replica} /> },
];

/** The processes on the database. What is behind, silent, or different stands out. */
export const ReplicasCard = ({ system }: { system: System }): ReactElement => (
  <Card title="Replicas" pad={false}>
    <CardTable caption="Replicas" rows={system.replicas} keyOf={({ id }) => id} columns={columns(system.version)} />
  </Card>
);
