import { type ReactElement, type ReactNode, useEffect } from 'react';
import { ShieldAlert } from 'lucide-react';
import { useNow } from '../../format/now';
import type { SignInState } from './use.sign.in';

const Alert = ({ children }: { children: ReactNode }): ReactElement => (
  <p
    role="alert"
    className="alert-danger flex gap-2 items-start rounded-control bg-rust-wash text-rust px-3 py-2 text-[0.8125rem]"
  >
    <ShieldAlert size={16} className="mt-0.5 shrink-0" aria-hidden />
    {children}
  </p>
);

/** Outside of the alert: it would be read aloud each second. */
function Countdown({ until, again }: { until: number; again: () => void }): ReactElement {
  const seconds = Math.max(0, Math.ceil((until - useNow()) / 1000));
  useEffect(() => {
    if (seconds === 0) again();
  }, [seconds, again]);
  return (
    <p className="text-[0.8125rem] text-soft tabular-nums">
      You can try again in <span id="countdown">{seconds}</span> s.
    </p>
  );
}

/** Why nobody is signed in yet. */
export function SignInFault({ state }: { state: SignInState }): ReactElement | null {
  if (state.kind === 'blocked')
    return (
      <>
        <Alert>There were too many failed attempts to sign in from this address.</Alert>
        <Countdown until={state.until} again={state.again} />
      </>
    );
  return state.kind === 'ready' && state.fault !== undefined ? <Alert>{state.fault}</Alert> : null;
}
