import { type ReactElement, type ReactNode, useState } from 'react';
import { Confirm, type ConfirmProps } from '../../ui/overlay/confirm';
import type { Scope } from '../scope';
import { atStake } from './at.stake';
import { type ChosenTokens, useStreams } from './running.query';

export interface ConfirmEndProps extends Omit<ConfirmProps, 'isWaiting' | 'consequences'> {
  scope: Scope | ChosenTokens;
  /** Its consequences; `ends` says how many requests end. */
  consequences: (ends: string) => readonly ReactNode[];
  /** What must be typed only while something runs. */
  wordWhileRunning?: string;
}

/** Asks before what ends running requests, and says how many. The replicas are asked once it is open. */
export function ConfirmEnd({
  scope,
  consequences,
  word,
  wordWhileRunning,
  isOpen,
  onOpenChange,
  ...rest
}: ConfirmEndProps): ReactElement {
  const [isShown, setShown] = useState(false);
  const isAsked = isOpen ?? isShown;
  const { data, isFetched } = useStreams(scope, isAsked);
  const { sentence, isSomething } = atStake(data, 'tokenId' in scope ? 'with it' : 'with them');
  return (
    <Confirm
      {...rest}
      {...(isOpen === undefined ? {} : { isOpen })}
      onOpenChange={(next) => {
        setShown(next);
        onOpenChange?.(next);
      }}
      word={word ?? (isSomething ? wordWhileRunning : undefined)}
      isWaiting={!isFetched}
      consequences={consequences(isFetched ? sentence : 'Looking at what is running.')}
    />
  );
}
