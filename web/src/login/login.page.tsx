import { type ReactElement, useState } from 'react';
import { getRouteApi } from '@tanstack/react-router';
import { BASE } from '../api/base';
import { ApiFault } from '../api/fault';
import { signIn } from '../api/session';
import { LoginForm, type LoginValues } from './login.form';

const route = getRouteApi('/login');

/** A loopback address needs no TLS: nobody listens in between. */
const isOpenConnection = (): boolean =>
  location.protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(location.hostname);

const sentence = (fault: unknown): string =>
  fault instanceof ApiFault && fault.status === 401 ? 'This is not the management token.' : (fault as Error).message;

export default function LoginPage(): ReactElement {
  const { to = '/' } = route.useSearch();
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (values: LoginValues): Promise<void> => {
    setBusy(true);
    setFault(undefined);
    try {
      await signIn(values);
      location.replace(BASE + to.slice(1));
    } catch (error) {
      setFault(sentence(error));
      setBusy(false);
    }
  };
  return (
    <main className="min-h-dvh grid place-items-center p-4">
      <title>Sign In · LLM Proxy</title>
      <div className="w-full max-w-sm">
        <div className="flex items-center gap-3 mb-6">
          <img src={`${BASE}icon.svg`} alt="" width={36} height={36} />
          <div>
            <h1>LLM Proxy</h1>
            <p className="text-soft">Sign in to manage projects and tokens.</p>
          </div>
        </div>
        <LoginForm
          fault={fault}
          isBusy={isBusy}
          isOpenConnection={isOpenConnection()}
          onSubmit={(values) => void submit(values)}
        />
        <p className="text-xs text-soft mt-4">
          The token is <code>MANAGEMENT_TOKEN</code> in the server’s <code>.env</code>.
        </p>
      </div>
    </main>
  );
}
