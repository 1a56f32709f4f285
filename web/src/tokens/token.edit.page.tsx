import { type ReactElement, useState } from 'react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Form } from 'react-aria-components';
import { api } from '../api/client';
import type { components } from '../api/schema';
import type { Project, Token } from '../api/types';
import { Allowed } from '../parts/allowed';
import { changed, tellReplicas, WAIT } from '../parts/changed';
import { useProject } from '../parts/project.options';
import { textOf, useSubmit } from '../parts/use.submit';
import { useToken } from '../parts/token/token.query';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Field } from '../ui/form/field';
import { Switch } from '../ui/form/switch';
import { toast } from '../ui/overlay/toast';
import { PageHead } from '../ui/page.head';
import { Fault, Loading } from '../ui/state';
import { utcField, utcOf } from './lifetime';
import { differing, limitOf } from './narrowing';
import { NarrowingFields, narrowingOf, withMost } from './narrowing.fields';
import Revoke from './revoke';
import { nameOf } from './token.deeds';

const route = getRouteApi('/inside/tokens/$id/edit');

type Update = components['schemas']['UpdateToken'];

/** The fields that differ from the token. Seconds of its end are no difference: the field has none. */
function changes(token: Token, form: FormData, isActive: boolean): Update {
  const name = textOf(form, 'name');
  const expires = textOf(form, 'expires_at');
  return {
    ...differing<Update>(token, { max_requests: limitOf(textOf(form, 'max_requests')), ...narrowingOf(form) }),
    ...(name === (token.name ?? '') ? {} : { name: name === '' ? null : name }),
    ...(expires === utcField(token.expires_at) ? {} : { expires_at: utcOf(expires) }),
    ...(isActive === token.is_active ? {} : { is_active: isActive }),
  };
}

interface EditFormProps {
  token: Token;
  maxima: Project['token_maxima'] | undefined;
  save: (more: Update) => Promise<unknown>;
}

function EditForm({ token, maxima, save }: EditFormProps): ReactElement {
  const [isActive, setActive] = useState(token.is_active);
  const form = useSubmit((values) => save(changes(token, values, isActive)));
  return (
    <Card className="max-w-2xl">
      <Form className="grid gap-5" validationErrors={form.faults} onSubmit={form.onSubmit}>
        {form.fault !== undefined && <Fault fault={form.fault} />}
        <Field
          label="Name"
          name="name"
          inputId="name"
          maxLength={120}
          autoComplete="off"
          defaultValue={token.name ?? ''}
        />
        <Field
          label="Request limit"
          name="max_requests"
          inputId="max_requests"
          type="number"
          min={0}
          defaultValue={String(token.max_requests ?? '')}
          hint={withMost('Blank or 0 is unlimited.', maxima?.max_requests)}
        />
        <Field
          label="Expires at (UTC)"
          name="expires_at"
          inputId="expires_at"
          type="datetime-local"
          isRequired
          defaultValue={utcField(token.expires_at)}
          hint="A date and a time in UTC."
        />
        <Switch inputId="is_active" isSelected={isActive} onChange={setActive}>
          Active
        </Switch>
        <NarrowingFields values={token} maxima={maxima} />
        <div>
          <Button kind="primary" type="submit" formNoValidate={form.isRefused}>
            {form.isBusy ? 'Updating…' : 'Update Token'}
          </Button>
        </div>
      </Form>
    </Card>
  );
}

const Danger = ({ token }: { token: Token }): ReactElement => (
  <Card title="Danger zone" className="max-w-2xl">
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="text-soft">Its app is refused from the next request on.</p>
      <Revoke token={token} trigger={<Button kind="danger">Revoke Token</Button>} />
    </div>
  </Card>
);

export default function TokenEditPage(): ReactElement {
  const { id } = route.useParams();
  const token = useToken(id);
  const project = useProject(token.data?.project_id);
  const navigate = useNavigate();
  const save = async (more: Update): Promise<void> => {
    if (Object.keys(more).length === 0) toast('Nothing was changed');
    else {
      const params = { path: { id }, query: WAIT };
      const { response } = await api.PATCH('/manage/tokens/{id}', { params, body: more });
      changed();
      tellReplicas('Token updated', response);
    }
    await navigate({ to: '/tokens/$id', params: { id } });
  };
  const { data } = token;
  return (
    <>
      <PageHead tab="Edit Token" {...(data === undefined ? {} : { lead: nameOf(data) })} />
      {token.isPending && <Loading />}
      {token.isError && <Fault fault={token.error} retry={() => void token.refetch()} />}
      {data !== undefined && (
        <Allowed needs="tokens" what="change tokens">
          <div className="grid gap-4">
            <EditForm
              key={`${data.id} ${data.is_active}`}
              token={data}
              maxima={project.data?.token_maxima}
              save={save}
            />
            {data.is_active && <Danger token={data} />}
          </div>
        </Allowed>
      )}
    </>
  );
}
