import { type FormEvent, type ReactElement, type ReactNode, useRef } from 'react';
import { Form } from 'react-aria-components';
import { rememberSeconds } from '../../api/session';
import { Button } from '../../ui/button';
import { Checkbox } from '../../ui/form/checkbox';
import { Field } from '../../ui/form/field';
import { useFaultFocus } from '../../ui/form/use.fault.focus';
import { SignInFault } from './sign.in.fault';
import { rememberLabel } from './remember.label';
import { useSignIn } from './use.sign.in';

export interface SignInFormProps {
  onDone: () => void;
  /** The name that was typed the last time. */
  name?: string | undefined;
  /** Beside the button that signs in. */
  children?: ReactNode;
  className?: string;
}

/** A loopback address needs no TLS: nobody listens in between. */
const isOpenConnection = (): boolean =>
  location.protocol === 'http:' && !/^(?:localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(location.hostname);

function field(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** Asks for the token. It is in the field alone, and in the one call that signs in. */
export function SignInForm({ onDone, name, children, className = '' }: SignInFormProps): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const { state, submit, details } = useSignIn(onDone, () =>
    form.current?.querySelector<HTMLInputElement>('#management_token')?.select(),
  );
  useFaultFocus(form, details);
  const remembered = rememberSeconds();
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    submit({
      token: field(values, 'management_token'),
      name: field(values, 'name') || undefined,
      remember: values.has('remember'),
    });
  };
  return (
    <Form ref={form} className={`grid gap-4 ${className}`} onSubmit={onSubmit} validationErrors={details}>
      <SignInFault state={state} />
      {isOpenConnection() && (
        <p className="rounded-control bg-straw-wash text-straw px-3 py-2 text-[0.8125rem]">
          This connection is not encrypted: put TLS in front before you type a secret here.
        </p>
      )}
      {/* Under what password managers keep the token. Browsers warn of a form without it. It has no name: it is not sent. */}
      <input type="text" autoComplete="username" value="management token" readOnly hidden />
      <Field
        label="Management token"
        name="management_token"
        inputId="management_token"
        type="password"
        isRequired
        autoFocus
        autoComplete="current-password"
        mono
      />
      <Field
        label="Your name, for the audit log"
        name="name"
        defaultValue={name ?? ''}
        maxLength={60}
        autoComplete="name"
        hint="Optional. Written beside what you change; nobody checks it."
      />
      {remembered > 0 && (
        <Checkbox name="remember" value="on">
          {rememberLabel(remembered)}
        </Checkbox>
      )}
      <div className="grid gap-2">
        <Button kind="primary" type="submit" isDisabled={state.kind !== 'ready'} className="min-h-9">
          {state.kind === 'busy' ? 'Signing in' : 'Sign In'}
        </Button>
        {children}
      </div>
    </Form>
  );
}
