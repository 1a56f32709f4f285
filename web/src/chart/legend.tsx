import type { ReactElement } from 'react';
import type { Series } from './series';

/** The names of the colours, in the order of the stack. */
export const Legend = ({ series }: { series: readonly Series[] }): ReactElement => (
  <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft mt-2">
    {series.map(({ key, name, color }) => (
      <li key={key} className="flex items-center gap-1.5">
        <span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: color }} />
        {name}
      </li>
    ))}
  </ul>
);
