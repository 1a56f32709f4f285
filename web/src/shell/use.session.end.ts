import { useEffect } from 'react';
import { useRouter } from '@tanstack/react-router';
import { queries } from '../api/queries';
import { whenOtherPage } from '../api/session.channel';
import { askToSignIn, whenSessionLost } from '../api/session.lost';
import { isColdLoad } from '../api/signed.in';
import { followSession } from './follow.session';

/** A page that the browser kept from before a sign-out may not come back with what was on it. */
const onShow = ({ persisted }: PageTransitionEvent): void => {
  if (persisted) location.reload();
};

/**
 * Other pages of the browser are followed. When the server does not know who is signed in: at a cold load one signs in at the login page and comes back; else over
 * the page, and of what was fetched only what is on it stays.
 */
export function useSessionEnd(): void {
  const router = useRouter();
  useEffect(() => {
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, []);
  useEffect(() => whenOtherPage(followSession), []);
  useEffect(
    () =>
      whenSessionLost(() => {
        if (!isColdLoad()) {
          queries.removeQueries({ type: 'inactive' });
          void askToSignIn('session');
          return;
        }
        const { pathname, searchStr } = router.latestLocation;
        // Several calls may be refused at once.
        if (pathname === '/login') return;
        const to = pathname + searchStr;
        void router.navigate({ to: '/login', search: { to: to === '/' ? undefined : to }, replace: true });
        void queries.cancelQueries();
        queries.clear();
      }),
    [router],
  );
}
