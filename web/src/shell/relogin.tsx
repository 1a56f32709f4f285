import type { ReactElement } from 'react';
import { BASE } from '../api/base';
import { api, body } from '../api/client';
import { ME } from '../api/me';
import { queries } from '../api/queries';
import { type SignInReason, signInEnded } from '../api/session.lost';
import type { WhoAmI } from '../api/types';
import { SignInForm } from '../parts/sign.in/sign.in.form';
import { Button } from '../ui/button';
import { Sheet } from '../ui/overlay/sheet';

const TEXT: Record<SignInReason, string> = {
  session: 'Your session has ended. What you have typed stays on the page.',
  confirmation: 'Your last login is over 12 hours ago. This change needs the token once more; then it is made.',
};

/** What one may see and do. The typed name is no part of it. */
const rights = ({ id, role, projects }: WhoAmI): string => JSON.stringify([id, role, projects]);

/** After another one's login nothing of the page may stay. */
async function goOn(before: WhoAmI | undefined): Promise<void> {
  const now = body(await api.GET('/manage/whoami'));
  if (before !== undefined && rights(before) !== rights(now)) {
    location.reload();
    return;
  }
  signInEnded(true);
  await queries.invalidateQueries();
}

/** The login over the page, so that a half-filled form survives. */
export default function Relogin({ reason }: { reason: SignInReason }): ReactElement {
  const before = queries.getQueryData(ME.queryKey);
  const leave = (): void => {
    if (reason === 'confirmation') signInEnded(false);
    else location.assign(`${BASE}login`);
  };
  return (
    <Sheet
      title="Sign in again"
      role="alertdialog"
      isOpen
      isOnTop
      onOpenChange={(isOpen) => !isOpen && reason === 'confirmation' && signInEnded(false)}
    >
      {() => (
        <>
          <p className="text-soft">{TEXT[reason]}</p>
          <SignInForm name={before?.id === undefined ? before?.name : undefined} onDone={() => void goOn(before)}>
            <Button kind="quiet" onPress={leave}>
              {reason === 'confirmation' ? 'Cancel' : 'Leave this page'}
            </Button>
          </SignInForm>
        </>
      )}
    </Sheet>
  );
}
