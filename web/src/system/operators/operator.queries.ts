import { useQuery } from '@tanstack/react-query';
import { api, body, type ListPage, listPage } from '../../api/client';
import type { components } from '../../api/schema';
import type { Operator } from '../../api/types';
import { changed, tellReplicas, WAIT } from '../../parts/changed';

export type NewOperator = components['schemas']['CreateOperator'];

const SHOWN = 100;

/** Operators by name, the revoked ones too. */
export const useOperators = () =>
  useQuery<ListPage<Operator>>({
    queryKey: ['/manage/operators', { page_size: SHOWN }],
    queryFn: async ({ signal }) =>
      listPage(await api.GET('/manage/operators', { params: { query: { page_size: SHOWN } }, signal })),
  });

/** Makes an operator. Its credential is given to the caller, and is in no cache. */
export async function create(operator: NewOperator): Promise<{ name: string; secret: string }> {
  const { name, token } = body(await api.POST('/manage/operators', { params: { query: WAIT }, body: operator }));
  changed();
  return { name, secret: token };
}

/** Takes its access away, and tells which replicas have confirmed. */
export async function revoke({ id, name }: Operator): Promise<void> {
  const { response } = await api.DELETE('/manage/operators/{id}', { params: { path: { id }, query: WAIT } });
  changed();
  tellReplicas(`${name} is revoked`, response);
}
