import type { ReactElement } from 'react';
import { useHealth } from '../api/health';
import { Time } from '../format/time';

/** Whether the server can serve, and its clock. */
export function ServerState(): ReactElement {
  const { data, isPending, isError } = useHealth();
  const isOk = !isError && data?.status === 'ok';
  const words = isOk ? 'Backend answers' : 'Backend unavailable';
  return (
    <>
      <p className="flex items-center gap-2">
        <span aria-hidden className={`size-2 rounded-full ${isOk ? 'bg-leaf' : 'bg-rust'}`} />
        {isPending ? 'Asking the backend' : words}
      </p>
      {data && (
        <p className="whitespace-nowrap tabular-nums tracking-tight">
          Server time <Time id="server-time" at={data.timestamp} format="ymd_hms" />
        </p>
      )}
    </>
  );
}
