import { type ReactElement, useCallback, useState } from 'react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { api, body } from '../api/client';
import { Allowed } from '../parts/allowed';
import { changed } from '../parts/changed';
import { AsCommand } from '../parts/command';
import { curlCall } from '../parts/command.line';
import { toast } from '../ui/overlay/toast';
import { PageHead } from '../ui/page.head';
import { TokenCreated } from './token.created';
import { type NewToken, TokenForm } from './token.form';
import type { MadeToken } from './token.secret';

const route = getRouteApi('/inside/tokens/new');

const commands = (projectId: string) => ({
  cli: `llm-proxy manage token generate --project ${projectId} --duration 30d`,
  curl: curlCall('POST', '/manage/tokens', { project_id: projectId, duration_minutes: 43_200 }),
});

export default function TokenNewPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  // The one place of the page that ever holds a secret. No mutation, no cache.
  const [made, setMade] = useState<MadeToken>();
  const gone = useCallback(() => {
    setMade(undefined);
    toast('The token is no longer shown', 'It was in sight for ten minutes.');
  }, []);
  const create = async (token: NewToken, project: string): Promise<void> => {
    const { token: secret, ...rest } = body(await api.POST('/manage/tokens', { body: token }));
    setMade({ token: rest, secret, project });
    changed();
  };
  if (made !== undefined) return <TokenCreated made={made} onGone={gone} />;
  return (
    <>
      <PageHead
        tab="New token"
        lead={
          search.from_first_run
            ? 'Step 2 of 3: an app gets this in place of your key.'
            : 'An app gets it in place of the upstream key.'
        }
      />
      <Allowed needs="tokens" what="create tokens">
        <div className="grid gap-4">
          <TokenForm
            projectId={search.project_id}
            onProject={(id) =>
              void navigate({ to: '/tokens/new', search: { ...search, project_id: id }, replace: true })
            }
            create={create}
          />
          <AsCommand {...commands(search.project_id ?? 'my-project')} />
        </div>
      </Allowed>
    </>
  );
}
