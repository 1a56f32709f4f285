import type { ReactElement, ReactNode } from 'react';
import type { System } from '../api/types';
import { count, ms as wholeMs } from '../format/number';
import { Badge } from '../ui/badge';
import { Card } from '../ui/card';
import { Fact } from '../ui/fact';

const DRIVERS: Record<System['database']['driver'], string> = {
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
  mysql: 'MySQL or MariaDB',
};

/** With a digit where a whole number says little. */
const ms = (n: number): string => (n < 10 ? `${n.toFixed(1)} ms` : wholeMs(n));

const Up = ({ isUp }: { isUp: boolean }): ReactElement =>
  isUp ? <Badge tone="good">Responds</Badge> : <Badge tone="bad">Does not respond</Badge>;

const known = (value: ReactNode): ReactNode => value ?? <span className="text-soft">unknown</span>;

const Database = ({ database }: { database: System['database'] }): ReactElement => (
  <Card title="Database" actions={<Up isUp={database.up} />}>
    <dl>
      <Fact label="Server">
        {DRIVERS[database.driver]} {known(database.version)}
      </Fact>
      <Fact label="Latency">{known(database.latency_ms === undefined ? undefined : ms(database.latency_ms))}</Fact>
      {database.pool_size !== undefined && (
        <Fact label="Connections">at most {count(database.pool_size)} of this replica</Fact>
      )}
      {database.durability !== undefined && (
        <Fact label="Commits">
          {database.durability === 'relaxed' ? (
            <Badge tone="warn">may be lost in a crash</Badge>
          ) : (
            known(database.durability === 'full' ? 'survive a crash' : undefined)
          )}
        </Fact>
      )}
      {database.migration !== undefined && (
        <Fact label="Newest migration">
          <code className="break-all">{database.migration}</code>
        </Fact>
      )}
    </dl>
  </Card>
);

const Redis = ({ redis }: { redis: System['redis'] }): ReactElement => (
  <Card title="Redis" {...(redis && { actions: <Up isUp={redis.up} /> })}>
    {redis === undefined ? (
      <p className="text-soft">
        Not in use: <code>REDIS_URL</code> is not set.
      </p>
    ) : (
      <dl>
        <Fact label="Latency">{known(redis.latency_ms === undefined ? undefined : ms(redis.latency_ms))}</Fact>
      </dl>
    )}
  </Card>
);

const Encryption = ({ encryption: { key_id: id, previous_rows: rows } }: Pick<System, 'encryption'>): ReactElement => (
  <Card title="Encryption">
    <dl>
      <Fact label="Key">
        {id === null ? <Badge tone="bad">None: upstream keys are stored as they are</Badge> : <code>{id}</code>}
      </Fact>
      <Fact label="Under another key">
        {rows === 0 ? 'no upstream key' : <Badge tone="warn">{count(rows)} upstream keys</Badge>}
      </Fact>
    </dl>
  </Card>
);

const Prices = ({ prices: { as_of: date } }: Pick<System, 'prices'>): ReactElement => (
  <Card title="Prices">
    <dl>
      <Fact label="List of">{date ?? <Badge tone="bad">Cannot be read</Badge>}</Fact>
    </dl>
  </Card>
);

/** What the replicas store into. */
export const StoresCards = ({ system }: { system: System }): ReactElement => (
  <div className="grid lg:grid-cols-2 gap-4 items-start *:min-w-0">
    <div className="grid gap-4">
      <Database database={system.database} />
      <Prices prices={system.prices} />
    </div>
    <div className="grid gap-4">
      <Encryption encryption={system.encryption} />
      <Redis redis={system.redis} />
    </div>
  </div>
);
