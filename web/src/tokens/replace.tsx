import { type ReactElement, useState } from 'react';
import { RefreshCw } from 'lucide-react';
import { DialogTrigger } from 'react-aria-components';
import { api, body } from '../api/client';
import type { Token } from '../api/types';
import { changed } from '../parts/changed';
import { AsCommand } from '../parts/command';
import { curlCall } from '../parts/command.line';
import { Button } from '../ui/button';
import { Choice } from '../ui/form/choice';
import { Sheet } from '../ui/overlay/sheet';
import { Fault } from '../ui/state';
import { nameOf } from './token.deeds';
import type { MadeToken } from './token.secret';

/** How long the old one lives on, in minutes. */
const OVERLAPS = [
  ['0', 'Not at all'],
  ['60', '1 h'],
  ['1440', '1 d'],
  ['10080', '7 d'],
  ['43200', '30 d'],
] as const;
type Overlap = (typeof OVERLAPS)[number][0];

async function replace({ id, project_name: project = '' }: Token, overlap: Overlap): Promise<MadeToken> {
  const answer = await api.POST('/manage/tokens/{id}/replace', {
    params: { path: { id } },
    body: { overlap_minutes: Number(overlap) },
  });
  const { token: secret, ...token } = body(answer);
  return { token, secret, project };
}

interface ReplaceProps {
  token: Token;
  /** With the secret of the new one. */
  onMade: (made: MadeToken) => void;
}

function Body({ token, onMade, close }: ReplaceProps & { close: () => void }): ReactElement {
  const [overlap, setOverlap] = useState<Overlap>('1440');
  const [fault, setFault] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      onMade(await replace(token, overlap));
      changed();
    } catch (error) {
      setFault(error);
      setBusy(false);
    }
  };
  return (
    <>
      <p className="text-sm">
        A new token with the same limits takes its place. It is shown once.
        {token.max_requests !== null && ' The requests of both count against one limit.'}
      </p>
      <div className="grid gap-1.5 justify-items-start">
        <span className="text-[0.8125rem] font-[560]">The old one lives on for</span>
        <Choice label="The old one lives on for" value={overlap} onChange={setOverlap} options={OVERLAPS} />
        {overlap === '0' && <span className="text-xs text-rust">Its app is refused at once.</span>}
      </div>
      {fault !== undefined && <Fault fault={fault} />}
      <AsCommand
        cli={`llm-proxy manage token replace ${token.id}`}
        curl={curlCall('POST', `/manage/tokens/${token.id}/replace`, { overlap_minutes: Number(overlap) })}
      />
      <div className="flex justify-end gap-2">
        <Button onPress={close}>Cancel</Button>
        <Button kind="primary" isDisabled={isBusy} onPress={() => void go()}>
          Replace token
        </Button>
      </div>
    </>
  );
}

/** Makes a successor, while the old one lives on for a time. */
export const Replace = (props: ReplaceProps): ReactElement => (
  <DialogTrigger>
    <Button>
      <RefreshCw size={14} aria-hidden />
      Replace
    </Button>
    <Sheet title={`Replace ${nameOf(props.token)}`}>{(close) => <Body {...props} close={close} />}</Sheet>
  </DialogTrigger>
);
