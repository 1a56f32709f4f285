import { type ReactElement, useState } from 'react';
import { Form } from 'react-aria-components';
import type { Project } from '../api/types';
import { textOf, useSubmit } from '../parts/use.submit';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Field } from '../ui/form/field';
import { Switch } from '../ui/form/switch';
import { Fault } from '../ui/state';

export interface ProjectValues {
  name: string;
  /** '' keeps the stored one. */
  apiKey: string;
  baseUrl: string | null;
  provider: string | null;
  isActive: boolean;
}

export interface ProjectFormProps {
  /** The one that is edited. */
  project?: Project;
  verb: string;
  busyVerb: string;
  save: (values: ProjectValues) => Promise<unknown>;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

function KeyField({ project }: { project?: Project | undefined }): ReactElement {
  const isNew = project === undefined;
  return (
    <Field
      label="Upstream key"
      name="api_key"
      inputId="api_key"
      type="password"
      mono
      isRequired={isNew}
      autoComplete="off"
      placeholder={isNew ? 'sk-proj-…' : (project.api_key ?? '')}
      hint={
        isNew
          ? 'Stored encrypted. It is never shown again, here or anywhere.'
          : 'Leave it blank to keep the stored key. A new one replaces it for good.'
      }
    />
  );
}

/** What a project is made of. The key is in its field alone, and in what `save` is given. */
export function ProjectForm({ project, verb, busyVerb, save }: ProjectFormProps): ReactElement {
  const [isActive, setActive] = useState(project?.is_active ?? true);
  const form = useSubmit((values) =>
    save({
      name: textOf(values, 'name'),
      apiKey: textOf(values, 'api_key'),
      baseUrl: orNull(textOf(values, 'base_url')),
      provider: orNull(textOf(values, 'provider')),
      isActive,
    }),
  );
  return (
    <Card className="max-w-xl">
      <Form className="grid gap-5" validationErrors={form.faults} onSubmit={form.onSubmit}>
        {form.fault !== undefined && <Fault fault={form.fault} />}
        <Field
          label="Name"
          name="name"
          inputId="name"
          isRequired
          maxLength={120}
          autoComplete="off"
          defaultValue={project?.name ?? ''}
          hint="Unique. What it is for: search-team, production."
        />
        <KeyField project={project} />
        <Field
          label="Base URL"
          name="base_url"
          inputId="base_url"
          autoComplete="off"
          mono
          defaultValue={project?.base_url ?? ''}
          hint="Without /v1. Blank is the upstream of the server."
        />
        <Field
          label="Provider"
          name="provider"
          inputId="provider"
          autoComplete="off"
          defaultValue={project?.provider ?? ''}
          hint="The name of a provider of the server's configuration. Blank is the standard one."
        />
        {project !== undefined && (
          <Switch inputId="is_active" isSelected={isActive} onChange={setActive}>
            Active
          </Switch>
        )}
        <div>
          <Button kind="primary" type="submit" formNoValidate={form.isRefused}>
            {form.isBusy ? busyVerb : verb}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
