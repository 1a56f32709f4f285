import type { ReactElement } from 'react';
import { CopyButton } from '../ui/copy.button';

export interface AsCommandProps {
  /** The command of `llm-proxy`, where there is one. */
  cli?: string;
  /** The call with `$MANAGEMENT_TOKEN` in place of the token. */
  curl: string;
}

const Line = ({ name, text }: { name: string; text: string }): ReactElement => (
  <div className="relative">
    <pre className="rounded-control bg-sunken border border-line p-3 pr-12 whitespace-pre-wrap break-all text-[0.8125rem]">
      {text}
    </pre>
    <span className="absolute top-1 right-1">
      <CopyButton text={text} label={`Copy the ${name} command`} />
    </span>
  </div>
);

/** The same, done by a command. */
export const AsCommand = ({ cli, curl }: AsCommandProps): ReactElement => (
  <details className="text-[0.8125rem]">
    <summary className="text-soft hover:text-ink min-h-6">As a command</summary>
    <div className="grid gap-2 mt-2">
      {cli !== undefined && <Line name="llm-proxy" text={cli} />}
      <Line name="curl" text={curl} />
    </div>
  </details>
);
