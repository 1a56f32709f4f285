import { type ReactElement, useState } from 'react';
import { Form } from 'react-aria-components';
import type { components } from '../api/schema';
import type { Project } from '../api/types';
import { useProject, useProjects } from '../parts/project.options';
import { textOf, useSubmit } from '../parts/use.submit';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Choice } from '../ui/form/choice';
import { Field } from '../ui/form/field';
import { Select } from '../ui/form/select';
import { Fault } from '../ui/state';
import { lifetimesOf, usualLifetime, utcOf } from './lifetime';
import { limitOf } from './narrowing';
import { NarrowingFields, narrowingOf, withMost } from './narrowing.fields';

export type NewToken = components['schemas']['CreateToken'];

export interface TokenFormProps {
  /** The project of the URL. */
  projectId: string | undefined;
  onProject: (id: string) => void;
  create: (token: NewToken, project: string) => Promise<unknown>;
}

/** The projects to choose from: the chosen one too, where it is beyond the first hundred. */
function useChoices(projectId: string | undefined): readonly Project[] {
  const { data: listed = [] } = useProjects();
  const { data: chosen } = useProject(projectId);
  return chosen === undefined || listed.some(({ id }) => id === chosen.id) ? listed : [chosen, ...listed];
}

const Lifetime = ({
  project,
  value,
  onChange,
}: {
  project: Project | undefined;
  value: string;
  onChange: (value: string) => void;
}): ReactElement => (
  <div className="grid gap-1.5 justify-items-start">
    <span className="text-[0.8125rem] font-[560]">Lives for</span>
    <Choice
      label="Lives for"
      value={value}
      onChange={onChange}
      options={lifetimesOf(project?.token_defaults?.duration_minutes)}
    />
    {project?.token_maxima?.duration_minutes && (
      <span className="text-xs text-soft">{withMost('In minutes.', project.token_maxima.duration_minutes)}</span>
    )}
    {value === 'date' && (
      <Field
        label="Expires at (UTC)"
        name="expires_at"
        inputId="expires_at"
        type="datetime-local"
        isRequired
        hint="A date and a time in UTC."
      />
    )}
  </div>
);

/** The defaults of the project stand in the fields; another project has others, so that the fields begin anew. */
const Limits = ({ project }: { project: Project | undefined }): ReactElement => (
  <div key={project?.id} className="grid gap-5">
    <Field
      label="Request limit"
      name="max_requests"
      inputId="max_requests"
      type="number"
      min={0}
      defaultValue={String(project?.token_defaults?.max_requests ?? '')}
      hint={withMost(
        'Blank or 0 is unlimited. Exact: never one more reaches the upstream.',
        project?.token_maxima?.max_requests,
      )}
    />
    <details>
      <summary className="min-h-6 text-[0.8125rem] font-[560]">Narrow it</summary>
      <div className="mt-4">
        <NarrowingFields values={project?.token_defaults ?? {}} maxima={project?.token_maxima} />
      </div>
    </details>
  </div>
);

const lives = (form: FormData, lifetime: string) =>
  lifetime === 'date' ? { expires_at: utcOf(textOf(form, 'expires_at')) } : { duration_minutes: Number(lifetime) };

/** What a new token is made of. */
export function TokenForm({ projectId, onProject, create }: TokenFormProps): ReactElement {
  const projects = useChoices(projectId);
  const project = projects.find(({ id }) => id === projectId);
  const [chosenLifetime, setLifetime] = useState<string>();
  const lifetime = chosenLifetime ?? usualLifetime(project?.token_defaults?.duration_minutes);
  const form = useSubmit((values) => {
    const name = textOf(values, 'name');
    const token: NewToken = {
      project_id: projectId ?? '',
      ...(name === '' ? {} : { name }),
      ...lives(values, lifetime),
      max_requests: limitOf(textOf(values, 'max_requests')),
      ...narrowingOf(values),
    };
    return create(token, project?.name ?? '');
  });
  return (
    <Card className="max-w-2xl">
      <Form className="grid gap-5" validationErrors={form.faults} onSubmit={form.onSubmit}>
        {form.fault !== undefined && <Fault fault={form.fault} />}
        <Select
          label="Project"
          name="project_id"
          isRequired
          placeholder="Choose a project"
          value={projectId ?? null}
          onChange={onProject}
          options={projects.map(({ id, name, is_active: isActive }) => ({
            id,
            text: isActive ? name : `${name} (inactive)`,
            isDisabled: !isActive,
          }))}
        />
        <Field
          label="Name"
          name="name"
          inputId="name"
          maxLength={120}
          autoComplete="off"
          hint="What uses it: nightly-report, alice-laptop."
        />
        <Lifetime project={project} value={lifetime} onChange={setLifetime} />
        <Limits project={project} />
        <div>
          <Button kind="primary" type="submit" formNoValidate={form.isRefused}>
            {form.isBusy ? 'Creating…' : 'Create Token'}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
