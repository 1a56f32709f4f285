import type { ReactElement } from 'react';
import { FORMATS, type TimeFormat } from './formats';
import { useNow } from './now';
import { shortSpan } from './span';

interface InstantProps {
  at: string;
  format: TimeFormat;
  id?: string | undefined;
  className?: string | undefined;
  children: string;
}

const Instant = ({ at, format, id, className, children }: InstantProps): ReactElement => (
  <time id={id} dateTime={at} title={at} data-local-time="true" data-ts={at} data-format={format} className={className}>
    {children}
  </time>
);

/** An instant in the viewer's zone; its title is UTC. `at` is RFC 3339. */
export function Time({
  at,
  format = 'ymd_hm',
  ...rest
}: {
  at: string;
  format?: TimeFormat;
  id?: string;
  className?: string;
}): ReactElement {
  return (
    <Instant at={at} format={format} {...rest}>
      {FORMATS[format](new Date(at))}
    </Instant>
  );
}

/** How long ago an instant was; "never" without one. */
export function Ago({ at }: { at?: string | null | undefined }): ReactElement {
  const now = useNow();
  if (!at) return <span className="text-faint">never</span>;
  const past = now - Date.parse(at);
  return (
    <Instant at={at} format="ymd_hms">
      {past < 5000 ? 'just now' : `${shortSpan(past)} ago`}
    </Instant>
  );
}
