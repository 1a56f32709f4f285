import type { ReactElement } from 'react';
import { useMutation } from '@tanstack/react-query';
import { api, body } from '../api/client';
import { count, ms } from '../format/number';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Fault } from '../ui/state';

/** Asks the upstream whether it accepts the stored key. Nothing else is sent there. */
export function KeyCheck({ projectId: id }: { projectId: string }): ReactElement {
  const check = useMutation({
    mutationFn: async () => body(await api.POST('/manage/projects/{id}/check', { params: { path: { id } } })),
  });
  const { data, isPending, isError, error } = check;
  return (
    <div className="grid gap-2 justify-items-start" aria-live="polite">
      <Button isDisabled={isPending} onPress={() => check.mutate()}>
        {isPending ? 'Checking…' : 'Check the key'}
      </Button>
      {isError && <Fault fault={error} />}
      {data !== undefined && !isPending && (
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={data.ok ? 'good' : 'bad'}>{data.ok ? 'Accepted' : 'Not accepted'}</Badge>
          <span>
            {data.ok && data.first_byte_ms !== undefined
              ? `The upstream answers in ${ms(data.first_byte_ms)}${data.models === undefined ? '' : `, ${count(data.models)} models`}.`
              : data.reason}
          </span>
          {data.status !== undefined && <span className="text-faint">status {data.status}</span>}
        </p>
      )}
    </div>
  );
}
