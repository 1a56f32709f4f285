import { BASE } from '../api/base';
import { api, body } from '../api/client';
import { ME } from '../api/me';
import { queries } from '../api/queries';
import type { SessionNews } from '../api/session.channel';
import { signInEnded } from '../api/session.lost';
import type { WhoAmI } from '../api/types';

/** What one may see and do. The typed name is no part of it. */
const rights = ({ id, role, projects }: WhoAmI): string => JSON.stringify([id, role, projects]);

/** Goes on after a login. After that of somebody else nothing of the page may stay. */
export async function goOn(): Promise<void> {
  const before = queries.getQueryData(ME.queryKey);
  const now = body(await api.GET('/manage/whoami'));
  if (before !== undefined && rights(before) !== rights(now)) {
    location.reload();
    return;
  }
  signInEnded(true);
  await queries.invalidateQueries();
}

/** Does here what another page of the browser did. */
export function followSession(news: SessionNews): void {
  if (news === 'signed out') location.replace(`${BASE}login`);
  else void goOn().catch(() => undefined); // The next call says it.
}
