import type { ReactElement } from 'react';
import { count } from '../format/number';
import { Button } from '../ui/button';
import { type Live, POLL_MS } from './use.live';

const STATES: Record<Live['state'], readonly [string, string]> = {
  opening: ['bg-edge', 'connecting'],
  live: ['bg-leaf pulse', 'live'],
  lost: ['bg-straw-fill', 'connecting again'],
  polled: ['bg-straw-fill', `asked every ${POLL_MS / 1000} s: the server refuses another live view`],
};

/** Whether the list follows, and what waits. */
export function LiveBar({ live: { state, waiting, skipped, show } }: { live: Live }): ReactElement {
  const [dot, text] = STATES[state];
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 min-h-8 mb-2 text-xs text-soft">
      <span className="flex items-center gap-2" role="status">
        <span aria-hidden className={`size-2 rounded-full ${dot}`} />
        {text}
      </span>
      {waiting > 0 && <Button onPress={show}>{count(waiting)} new</Button>}
      {skipped > 0 && <span>{count(skipped)} skipped: more came than one can read</span>}
    </div>
  );
}
