import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { CircleAlert, SearchX } from 'lucide-react';
import { ApiFault } from '../api/fault';
import { Button } from './button';
import { CopyButton } from './copy.button';

/** Shorter waits show nothing, so that a fast answer does not flicker. */
const LOADING_AFTER_MS = 150;

/** A skeleton in place of what is loading. */
export function Loading({ label = 'Loading' }: { label?: string }): ReactElement | null {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), LOADING_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isShown) return null;
  return (
    <div role="status" aria-label={label} className="grid gap-3">
      <div className="h-7 w-48 rounded bg-sunken pulse" />
      <div className="h-40 rounded-card bg-sunken pulse" />
    </div>
  );
}

export interface EmptyProps {
  icon: ReactNode;
  title: string;
  text: ReactNode;
  /** The first step, or how to clear the filters. */
  action?: ReactNode;
}

/** Nothing there yet, or nothing found. */
export const Empty = ({ icon, title, text, action }: EmptyProps): ReactElement => (
  <div className="rounded-card border border-dashed border-line bg-surface grid justify-items-center gap-2 px-6 py-14 text-center">
    <span className="text-leaf" aria-hidden>
      {icon}
    </span>
    <h2>{title}</h2>
    <p className="text-soft max-w-[48ch]">{text}</p>
    {action !== undefined && <div className="mt-2">{action}</div>}
  </div>
);

/** What the server said, with its code and the id of the request, and a way to ask again. */
export function Fault({ fault, retry }: { fault: unknown; retry?: () => void }): ReactElement {
  const { code, requestId } = fault instanceof ApiFault ? fault : { code: undefined, requestId: undefined };
  return (
    <div
      role="alert"
      className="rounded-card border border-line bg-rust-wash text-rust px-4 py-3 flex flex-wrap items-center gap-x-4 gap-y-2"
    >
      <CircleAlert size={18} aria-hidden className="shrink-0" />
      <div className="min-w-0 flex-1 grid gap-0.5">
        <p className="font-[560]">{fault instanceof Error ? fault.message : 'Something went wrong.'}</p>
        {code !== undefined && (
          <p className="text-xs flex flex-wrap items-center gap-1">
            <code>{code}</code>
            {requestId !== undefined && (
              <>
                · request <code>{requestId}</code>
                <CopyButton text={requestId} label="Copy the id of the request" />
              </>
            )}
          </p>
        )}
      </div>
      {retry !== undefined && <Button onPress={retry}>Try again</Button>}
    </div>
  );
}

export interface NothingFoundProps {
  /** What was looked for: "tokens". */
  what: string;
  /** The filters in words: `status active`. */
  filters: readonly string[];
  onClear: () => void;
}

/** A list whose filters leave nothing. */
export const NothingFound = ({ what, filters, onClear }: NothingFoundProps): ReactElement => (
  <Empty
    icon={<SearchX size={22} />}
    title={`No ${what} found`}
    text={`There are none with ${filters.join(', ')}.`}
    action={<Button onPress={onClear}>Clear filters</Button>}
  />
);
