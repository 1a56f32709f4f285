import { useEffect } from 'react';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { queries } from '../api/queries';
import { whenSessionLost } from '../api/session.lost';

/** When the server no longer knows who is signed in: what was fetched is dropped, and one signs in again and comes back. */
export function useSessionEnd(): void {
  const navigate = useNavigate();
  const to = useRouterState({ select: ({ location }) => location.pathname + location.searchStr });
  useEffect(
    () =>
      whenSessionLost(() => {
        void queries.cancelQueries();
        queries.clear();
        void navigate({ to: '/login', search: { to: to === '/' ? undefined : to } });
      }),
    [navigate, to],
  );
}
