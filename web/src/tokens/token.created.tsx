import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useBlocker, useNavigate } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import { Button } from '../ui/button';
import { Confirm } from '../ui/overlay/confirm';
import { PageHead } from '../ui/page.head';
import { type MadeToken, TokenSecret } from './token.secret';

const SHOWN_MS = 10 * 60_000;

/** Asks once before the page is left with a secret that nobody has copied. A session that ended asks nothing. */
function useLeaving(isSafe: () => boolean) {
  return useBlocker({
    withResolver: true,
    enableBeforeUnload: () => !isSafe(),
    shouldBlockFn: ({ next }) => !isSafe() && !next.pathname.endsWith('/login'),
  });
}

export interface TokenCreatedProps {
  made: MadeToken;
  /** Drops the secret. */
  onGone: () => void;
}

/** A view of the page that made the token, without a URL of its own: leaving or a reload takes the secret away. */
export function TokenCreated({ made, onGone }: TokenCreatedProps): ReactElement {
  const { id } = made.token;
  const isCopied = useRef(false);
  const [isDone, setDone] = useState(false);
  const navigate = useNavigate();
  const leaving = useLeaving(() => isCopied.current);
  useEffect(() => {
    const timer = setTimeout(onGone, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [onGone]);
  useEffect(() => {
    if (isDone) void navigate({ to: '/tokens/$id', params: { id } });
  }, [isDone, navigate, id]);
  const copied = (): void => {
    isCopied.current = true;
  };
  return (
    <>
      <PageHead
        tab="Token created"
        title={
          <>
            <CircleCheck size={24} className="text-leaf" aria-hidden />
            Token created
          </>
        }
        lead="This is the only time the token is shown. Nobody, this page included, can show it again."
      />
      <TokenSecret made={made} onCopied={copied} />
      <Button
        kind="primary"
        className="mt-4"
        onPress={() => {
          copied();
          setDone(true);
        }}
      >
        I have copied it
      </Button>
      {leaving.status === 'blocked' && (
        <Confirm
          isOpen
          onOpenChange={(isOpen) => !isOpen && leaving.reset()}
          title="Leave without the token?"
          verb="Leave"
          consequences={['You have not copied it, and it is not shown again.', 'A new token can be made at any time.']}
          run={() => {
            copied();
            leaving.proceed();
            return Promise.resolve();
          }}
        />
      )}
    </>
  );
}
