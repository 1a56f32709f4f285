import type { ReactElement } from 'react';

export interface SparklineProps {
  values: readonly number[];
  /** What it shows. The number itself stands beside it. */
  label: string;
  width?: number;
  height?: number;
}

/** Bars as small as a line of text. */
export function Sparkline({ values, label, width = 96, height = 26 }: SparklineProps): ReactElement {
  const top = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  return (
    <svg width={width} height={height} role="img" aria-label={label} className="block">
      {values.map((value, index) => {
        const tall = Math.max(value > 0 ? 1.5 : 0.5, (value / top) * height);
        return (
          <rect
            // The place is what a bar is.
            // oxlint-disable-next-line react/no-array-index-key
            key={index}
            x={index * step}
            width={Math.max(1, step - 1)}
            y={height - tall}
            height={tall}
            fill={value > 0 ? 'var(--s1)' : 'var(--line)'}
            rx={0.5}
          />
        );
      })}
    </svg>
  );
}
