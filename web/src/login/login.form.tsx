import type { FormEvent, ReactElement } from 'react';
import { ShieldAlert } from 'lucide-react';
import { Form } from 'react-aria-components';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/form/checkbox';
import { Field } from '../ui/form/field';

export interface LoginValues {
  token: string;
  name: string | undefined;
  remember: boolean;
}

export interface LoginFormProps {
  fault: string | undefined;
  isBusy: boolean;
  /** Without TLS. */
  isOpenConnection: boolean;
  onSubmit: (values: LoginValues) => void;
}

function field(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** The token is in the field alone, and in what `onSubmit` is given. */
export function LoginForm({ fault, isBusy, isOpenConnection, onSubmit }: LoginFormProps): ReactElement {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = field(form, 'name');
    onSubmit({
      token: field(form, 'management_token'),
      name: name === '' ? undefined : name,
      remember: form.has('remember'),
    });
  };
  return (
    <Form className="grid gap-4 rounded-card border border-line bg-surface p-5" onSubmit={submit}>
      {fault !== undefined && (
        <p
          role="alert"
          className="alert-danger flex gap-2 items-start rounded-control bg-rust-wash text-rust px-3 py-2 text-[0.8125rem]"
        >
          <ShieldAlert size={16} className="mt-0.5 shrink-0" aria-hidden />
          {fault}
        </p>
      )}
      {isOpenConnection && (
        <p className="rounded-control bg-straw-wash text-straw px-3 py-2 text-[0.8125rem]">
          This connection is not encrypted: put TLS in front before you type a secret here.
        </p>
      )}
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
        maxLength={60}
        autoComplete="name"
        hint="Optional. Written beside what you change; nobody checks it."
      />
      <Checkbox name="remember" value="on">
        Keep me signed in for 30 days
      </Checkbox>
      <Button kind="primary" type="submit" isDisabled={isBusy} className="min-h-9">
        {isBusy ? 'Signing in' : 'Sign In'}
      </Button>
    </Form>
  );
}
