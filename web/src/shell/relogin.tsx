import type { ReactElement } from 'react';
import { BASE } from '../api/base';
import { ME } from '../api/me';
import { queries } from '../api/queries';
import { type SignInReason, signInEnded } from '../api/session.lost';
import { SignInForm } from '../parts/sign.in/sign.in.form';
import { Button } from '../ui/button';
import { Sheet } from '../ui/overlay/sheet';
import { goOn } from './follow.session';

const TEXT: Record<SignInReason, string> = {
  session: 'Your session has ended. What you have typed stays on the page.',
  confirmation: 'Your last login is over 12 hours ago. This change needs the token once more; then it is made.',
};

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
          <SignInForm name={before?.id === undefined ? before?.name : undefined} onDone={() => void goOn()}>
            <Button kind="quiet" onPress={leave}>
              {reason === 'confirmation' ? 'Cancel' : 'Leave this page'}
            </Button>
          </SignInForm>
        </>
      )}
    </Sheet>
  );
}
