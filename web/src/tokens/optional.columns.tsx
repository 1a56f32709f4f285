import type { ReactElement } from 'react';
import type { Token } from '../api/types';
import { count } from '../format/number';
import { TOKEN_COLUMNS } from '../parts/token/token.columns';
import type { TokenSort } from '../parts/token/token.sorts';
import { Button } from '../ui/button';
import { Menu } from '../ui/overlay/menu';
import type { Column } from '../ui/table/columns';

const limits = ({ rate_limit_per_minute: rate, max_concurrent: most }: Token): string =>
  [rate === null ? undefined : `${count(rate)} a minute`, most === null ? undefined : `${count(most)} at a time`]
    .filter((text) => text !== undefined)
    .join(', ') || '–';

const OPTIONAL: readonly Column<Token, TokenSort>[] = [
  {
    id: 'request_count',
    header: 'Requests used',
    sorts: true,
    isRight: true,
    cell: ({ request_count: n }) => count(n),
  },
  { id: 'limits', header: 'Limits', cell: limits },
  {
    id: 'models',
    header: 'Models',
    cell: ({ allowed_models: models }) => (models === null ? 'any' : <code>{models.join(', ')}</code>),
  },
  { id: 'owner', header: 'Owner', cell: ({ owner }) => owner ?? '–' },
];

const idsOf = (columns: string | undefined): string[] => columns?.split(',') ?? [];

/** The usual columns and the chosen ones, whose ids the URL has with commas between them. */
export const columnsOf = (columns: string | undefined): readonly Column<Token, TokenSort>[] => {
  const ids = idsOf(columns);
  return [...TOKEN_COLUMNS, ...OPTIONAL.filter(({ id }) => ids.includes(id))];
};

function toggled(columns: string | undefined, id: string): string | undefined {
  const ids = idsOf(columns);
  const next = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
  return next.length === 0 ? undefined : next.join(',');
}

export interface ColumnsMenuProps {
  columns: string | undefined;
  onChange: (columns: string | undefined) => void;
}

/** Shows and hides the optional columns. */
export const ColumnsMenu = ({ columns, onChange }: ColumnsMenuProps): ReactElement => (
  <Menu
    trigger={<Button className="min-h-9 max-sm:hidden">Columns</Button>}
    items={OPTIONAL.map(({ id, header }) => ({
      id,
      text: `${idsOf(columns).includes(id) ? 'Hide' : 'Show'} ${header.toLowerCase()}`,
      run: () => onChange(toggled(columns, id)),
    }))}
  />
);
