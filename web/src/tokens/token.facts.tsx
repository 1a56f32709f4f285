import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import type { Token } from '../api/types';
import { count } from '../format/number';
import { Ago, Time } from '../format/time';
import { AsCommand } from '../parts/command';
import { curlCall } from '../parts/command.line';
import { TokenBadge } from '../parts/token/token.state';
import { Card } from '../ui/card';
import { CopyButton } from '../ui/copy.button';
import { Fact } from '../ui/fact';
import { narrowingWords } from './narrowing';

const commands = ({ id }: Token) => ({
  cli: `llm-proxy manage token revoke ${id} --wait-replicas`,
  curl: curlCall('DELETE', `/manage/tokens/${id}?wait=replicas`),
});

/** What is known of a token. */
export const TokenFacts = ({ token }: { token: Token }): ReactElement => (
  <Card title="Details">
    <dl>
      <Fact label="Token ID">
        <span className="inline-flex items-center gap-1 break-all">
          <code>{token.id}</code>
          <CopyButton text={token.id} label="Copy the id" />
        </span>
      </Fact>
      <Fact label="Project">
        <Link to="/projects/$id" params={{ id: token.project_id }} className="underline underline-offset-2">
          {token.project_name ?? token.project_id}
        </Link>
      </Fact>
      <Fact label="Status">
        <TokenBadge status={token.status} />
      </Fact>
      <Fact label="Request limit">{token.max_requests === null ? '∞ unlimited' : count(token.max_requests)}</Fact>
      <Fact label="Expires">
        <Time at={token.expires_at} format="long" />
      </Fact>
      <Fact label="Created">
        <Time at={token.created_at} format="long" />
      </Fact>
      {token.deactivated_at !== undefined && (
        <Fact label="Revoked">
          <Time at={token.deactivated_at} format="long" />
        </Fact>
      )}
      <Fact label="Last used">
        <Ago at={token.last_used_at} />
      </Fact>
      {token.owner !== null && <Fact label="Owner">{token.owner}</Fact>}
      {token.note !== null && (
        <Fact label="Note">
          <span className="whitespace-pre-line">{token.note}</span>
        </Fact>
      )}
    </dl>
    <AsCommand {...commands(token)} />
  </Card>
);

/** What a token is bound to, in words. */
export function NarrowingCard({ token }: { token: Token }): ReactElement {
  const words = narrowingWords(token);
  return (
    <Card title="Narrowing">
      {words.length === 0 ? (
        <p className="text-soft">Any model, any endpoint, from anywhere, at any rate that its project allows.</p>
      ) : (
        <ul className="grid gap-1.5 list-disc pl-5 marker:text-leaf">
          {words.map((sentence) => (
            <li key={sentence} className="break-words">
              {sentence}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
