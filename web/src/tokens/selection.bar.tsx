import type { ReactElement } from 'react';
import { api, body } from '../api/client';
import { count } from '../format/number';
import { changed, tellReplicas, WAIT } from '../parts/changed';
import { ConfirmEnd } from '../parts/running/confirm.end';
import { Button } from '../ui/button';

/** More than these need a word. */
const MANY = 10;

const tokens = (n: number): string => `${count(n)} ${n === 1 ? 'token' : 'tokens'}`;

async function revoke(ids: string[]): Promise<void> {
  const params = { query: WAIT };
  const answer = await api.POST('/manage/tokens/revoke', { params, body: { ids } });
  const { revoked_count: revoked, already_revoked_count: before } = body(answer);
  changed();
  const more = before === 0 ? '' : `, ${count(before)} were revoked before`;
  tellReplicas(`${tokens(revoked)} revoked${more}`, answer.response);
}

/** What can be done with the chosen rows. */
const SelectionBar = ({ ids, onClear }: { ids: readonly string[]; onClear: () => void }): ReactElement => (
  <div className="flex flex-wrap items-center gap-3 mb-3 rounded-control bg-leaf-wash px-3 py-1.5 text-[0.8125rem]">
    <span role="status" className="font-[560]">
      {count(ids.length)} selected
    </span>
    <ConfirmEnd
      scope={{ tokenIds: ids }}
      trigger={<Button kind="danger-quiet">Revoke</Button>}
      title={`Revoke ${tokens(ids.length)}?`}
      verb="Revoke"
      word={ids.length > MANY ? 'revoke' : undefined}
      wordWhileRunning="revoke"
      consequences={(ends) => [
        'Apps that use them get 401 token_inactive from the next request on.',
        ends,
        'You can reactivate each of them later; limits and counts stay.',
      ]}
      run={async () => {
        await revoke([...ids]);
        onClear();
      }}
    />
    <Button kind="quiet" onPress={onClear}>
      Clear
    </Button>
  </div>
);

export default SelectionBar;
