import type { ReactElement } from 'react';
import type { Verdict } from '../../api/types';
import { Badge } from '../../ui/badge';

const WORDS: Record<NonNullable<Verdict['rule']>, string> = {
  path: 'what every path has to be',
  is_active: 'the token is revoked',
  expires_at: 'the lifetime of the token',
  project: 'the project',
  provider: 'the rules of the provider',
  allowed_ips: 'the networks of the token',
  allowed_endpoints: 'the endpoints of the token',
  allowed_models: 'the models of the token',
  max_requests: 'the request limit of the token',
};

/** What a request would get, and which rule says so. */
export function VerdictView({ verdict: { allowed, message, code, rule } }: { verdict: Verdict }): ReactElement {
  if (allowed)
    return (
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone="good">Allowed</Badge> No rule refuses it.
      </p>
    );
  return (
    <div className="grid gap-1">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone="bad">Refused</Badge>
        {rule !== undefined && <span>by {WORDS[rule]}</span>}
      </p>
      <p className="text-soft break-words">{message}</p>
      <p className="text-xs text-soft">
        <code>{code}</code>
        {rule !== undefined && (
          <>
            {' '}
            · rule <code>{rule}</code>
          </>
        )}
      </p>
    </div>
  );
}
