import { type ReactElement, useState } from 'react';
import { Form } from 'react-aria-components';
import { api, body } from '../../api/client';
import type { Token, Verdict } from '../../api/types';
import { textOf, useSubmit } from '../../parts/use.submit';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Field } from '../../ui/form/field';
import { Select } from '../../ui/form/select';
import { Fault } from '../../ui/state';
import { VerdictView } from './verdict';

const METHODS = ['POST', 'GET', 'DELETE', 'PUT', 'PATCH', 'HEAD'].map((id) => ({ id, text: id }));

/** The fields that are filled in. */
function askedIn(form: FormData) {
  const [model, ip, origin] = ['model', 'ip', 'origin'].map((name) => textOf(form, name) || undefined);
  return {
    method: textOf(form, 'method'),
    path: textOf(form, 'path'),
    ...(model !== undefined && { model }),
    ...(ip !== undefined && { ip }),
    ...(origin !== undefined && { origin }),
  };
}

const Fields = ({ needsAddress }: { needsAddress: boolean }): ReactElement => (
  <div className="grid gap-3">
    <div className="grid grid-cols-[7rem_minmax(0,1fr)] gap-3">
      <Select label="Method" name="method" options={METHODS} defaultValue="POST" />
      <Field label="Path" name="path" defaultValue="/v1/responses" mono isRequired />
    </div>
    <div className="grid grid-cols-2 max-sm:grid-cols-1 gap-3">
      <Field label="Model" name="model" mono hint="As the body names it" />
      <Field
        label="Address"
        name="ip"
        mono
        isRequired={needsAddress}
        hint={needsAddress ? 'The token is bound to networks' : 'Of the client'}
      />
    </div>
    <Field label="Web page" name="origin" mono hint="The header Origin, for calls from a browser" />
  </div>
);

/** What a request with this token would get, and which rule says so. Nothing is sent, nothing counted. */
export function TryIt({ token: { id, allowed_ips: networks } }: { token: Token }): ReactElement {
  const [verdict, setVerdict] = useState<Verdict>();
  const { faults, fault, isBusy, isRefused, onSubmit } = useSubmit(async (form) => {
    setVerdict(undefined);
    const call = { params: { path: { id } }, body: askedIn(form) };
    setVerdict(body(await api.POST('/manage/tokens/{id}/check', call)));
  });
  return (
    <Card title="Try it">
      <Form validationErrors={faults} onSubmit={onSubmit} className="grid gap-4">
        <p className="text-soft text-[0.8125rem]">
          Judged by the rules that judge requests. Nothing is sent, nothing is counted.
        </p>
        <Fields needsAddress={networks !== null} />
        <div aria-live="polite">
          {fault !== undefined && <Fault fault={fault} />}
          {verdict && <VerdictView verdict={verdict} />}
        </div>
        <div>
          <Button type="submit" isDisabled={isBusy} formNoValidate={isRefused}>
            Check
          </Button>
        </div>
      </Form>
    </Card>
  );
}
