import { useEffect } from 'react';
import { useRouter } from '@tanstack/react-router';
import { queries } from '../api/queries';
import { whenSessionLost } from '../api/session.lost';

/** When the server no longer knows who is signed in: what was fetched is dropped, and one signs in again and comes back. */
export function useSessionEnd(): void {
  const router = useRouter();
  useEffect(
    () =>
      whenSessionLost(() => {
        const { pathname, searchStr } = router.latestLocation;
        // Several calls may be refused at once.
        if (pathname === '/login') return;
        const to = pathname + searchStr;
        void router.navigate({ to: '/login', search: { to: to === '/' ? undefined : to } });
        void queries.cancelQueries();
        queries.clear();
      }),
    [router],
  );
}
