import { useState } from 'react';
import { ApiFault, fieldFaults } from '../../api/fault';
import { type SignIn, signIn } from '../../api/session';

/** `busy` also after it was done, until the form is gone. */
export type SignInState =
  | { readonly kind: 'ready'; readonly fault?: string }
  | { readonly kind: 'busy' }
  | { readonly kind: 'blocked'; readonly until: number; readonly again: () => void };

const sentenceOf = (fault: unknown): string =>
  fault instanceof ApiFault && fault.status === 401
    ? 'This is neither the management token nor that of an operator.'
    : (fault as Error).message;

/** The state of a login. `onRefused` is called when the token was wrong. */
export function useSignIn(
  onDone: () => void,
  onRefused: () => void,
): { state: SignInState; details: Record<string, string>; submit: (values: SignIn) => void } {
  const [state, setState] = useState<SignInState>({ kind: 'ready' });
  const [details, setDetails] = useState<Record<string, string>>({});
  const refuse = (fault: unknown): void => {
    const wait = fault instanceof ApiFault && fault.status === 429 ? fault.retryAfterSeconds : undefined;
    setDetails(fieldFaults(fault));
    if (wait === undefined) setState({ kind: 'ready', fault: sentenceOf(fault) });
    else setState({ kind: 'blocked', until: Date.now() + wait * 1000, again: () => setState({ kind: 'ready' }) });
    if (fault instanceof ApiFault && fault.status === 401) onRefused();
  };
  const submit = (values: SignIn): void => {
    if (state.kind !== 'ready') return;
    setState({ kind: 'busy' });
    signIn(values).then(onDone, refuse);
  };
  return { state, details, submit };
}
