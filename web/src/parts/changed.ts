import { api } from '../api/client';
import { queries } from '../api/queries';
import { toast } from '../ui/overlay/toast';

/** The query of a call that waits until every replica knows the change, for `tellReplicas`. */
export const WAIT = { wait: 'replicas' } as const;

/** After a change: what is on the page is fetched again, and nothing older is shown. */
export const changed = (): void => void queries.invalidateQueries();

const LOOK_MS = 1000;
const LOOKS = 300;

/** Whether one of these replicas still lacks a change. A replica that is gone serves nothing. */
async function isBehind(ids: readonly string[]): Promise<boolean> {
  const { data } = await api.GET('/health').catch(() => ({ data: undefined }));
  if (data === undefined) return true;
  return data.replicas.some(({ id, revisions_behind: behind }) => ids.includes(id) && behind > 0);
}

async function follow(title: string, pending: readonly string[], close: () => void): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    if (await isBehind(pending)) continue;
    close();
    toast(title, 'Confirmed by all replicas');
    return;
  }
}

/** Says what a call with `?wait=replicas` has reached, and looks again until every replica has confirmed. */
export function tellReplicas(title: string, { headers }: Response): void {
  const confirmed = Number(headers.get('x-replicas-confirmed') ?? 0);
  const pending = headers.get('x-replicas-pending')?.split(', ') ?? [];
  const all = confirmed + pending.length;
  const replicas = `${confirmed} of ${all} ${all === 1 ? 'replica' : 'replicas'}`;
  if (pending.length === 0) return void toast(title, `Confirmed by ${replicas}`);
  const text = `Confirmed by ${replicas}. Not yet by ${pending.join(', ')}.`;
  void follow(title, pending, toast(title, text, { isBad: true }));
}
