import type { ReactElement } from 'react';
import { API } from '../api/base';
import type { Token } from '../api/types';
import { count } from '../format/number';
import { Time } from '../format/time';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy.button';
import { Fact } from '../ui/fact';
import { Tabs } from '../ui/tabs';
import { snippets } from './snippets';
import { FirstRequest } from './trial/first.request';

export interface MadeToken {
  /** Without its secret. */
  token: Omit<Token, 'token'>;
  secret: string;
  /** The name of its project. */
  project: string;
}

const Snippet = ({ name, code }: { name: string; code: string }): ReactElement => (
  <>
    <pre
      // A box that scrolls must be reachable by the keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={`${name} example`}
      className="rounded-control bg-sunken border border-line p-3.5 pr-12 overflow-x-auto text-[0.8125rem] leading-relaxed"
    >
      {code}
    </pre>
    <span className="absolute top-1.5 right-1.5">
      <CopyButton text={code} label={`Copy the ${name} example`} />
    </span>
  </>
);

const UseIt = (): ReactElement => (
  <Card title="Use it">
    <Tabs
      label="Language"
      items={snippets(`${location.origin}${API}/v1`).map(([name, code]) => ({
        id: name,
        text: name,
        content: <Snippet name={name} code={code} />,
      }))}
    />
    <p className="text-xs text-soft mt-2">
      Examples name an environment variable, so that the secret does not end in a shell history or a repository.
    </p>
  </Card>
);

/** A secret, once, with what an app needs of it, and its first request. */
export const TokenSecret = ({
  made: { token, secret, project },
  onCopied,
}: {
  made: MadeToken;
  onCopied: () => void;
}): ReactElement => (
  <div className="grid gap-4 *:min-w-0">
    <Card title="The token">
      <div className="flex items-center gap-2 rounded-control border border-edge bg-sunken pl-3 pr-1 py-1">
        <code id="tokenValue" className="flex-1 min-w-0 break-all py-1 select-all">
          {secret}
        </code>
        <CopyButton text={secret} label="Copy the token" onCopied={onCopied} />
      </div>
      <dl className="mt-3">
        <Fact label="Expires">
          <Time at={token.expires_at} format="long" />
        </Fact>
        <Fact label="Request limit">{token.max_requests === null ? '∞ unlimited' : count(token.max_requests)}</Fact>
        <Fact label="Project">{project}</Fact>
      </dl>
    </Card>
    <UseIt />
    <FirstRequest tokenId={token.id} />
  </div>
);
