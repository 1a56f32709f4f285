import type { ReactElement } from 'react';
import { getRouteApi } from '@tanstack/react-router';
import { BASE } from '../api/base';
import { SignInForm } from '../parts/sign.in/sign.in.form';

const route = getRouteApi('/login');

export default function LoginPage(): ReactElement {
  const { to = '/' } = route.useSearch();
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
        <SignInForm
          className="rounded-card border border-line bg-surface p-5"
          // A new document: nothing of who was here before stays in memory.
          onDone={() => location.replace(BASE + to.slice(1))}
        />
        <p className="text-xs text-soft mt-4">
          The token is <code>MANAGEMENT_TOKEN</code> in the server’s <code>.env</code>, or that of an operator.
        </p>
      </div>
    </main>
  );
}
