import type { ReactElement } from 'react';
import type { Series } from './series';

export interface LegendProps {
  series: readonly Series[];
  /** The dashed line is drawn. */
  isCompared?: boolean;
}

/** The names of the colours, in the order of the stack. */
export const Legend = ({ series, isCompared = false }: LegendProps): ReactElement => (
  <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft mt-2">
    {series.map(({ key, name, color }) => (
      <li key={key} className="flex items-center gap-1.5">
        <span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: color }} />
        {name}
      </li>
    ))}
    {isCompared && (
      <li className="flex items-center gap-1.5">
        <span aria-hidden className="w-4 border-t-[1.5px] border-dashed border-faint" />
        Period before
      </li>
    )}
  </ul>
);
