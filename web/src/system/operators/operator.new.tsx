import { type ReactElement, useEffect, useState } from 'react';
import { Plus } from 'lucide-react';
import { DialogTrigger, Form } from 'react-aria-components';
import type { Role } from '../../api/types';
import { useProjects } from '../../parts/project.options';
import { textOf, useSubmit } from '../../parts/use.submit';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/copy.button';
import { Field } from '../../ui/form/field';
import { labelClass } from '../../ui/form/input.class';
import { Select } from '../../ui/form/select';
import { Sheet } from '../../ui/overlay/sheet';
import { Fault } from '../../ui/state';
import { create, type NewOperator } from './operator.queries';

const DAY_MS = 86_400_000;
const SHOWN_MS = 10 * 60_000;
const NEVER = 'never';

/** Each role, and what of the API it may call. The server decides. */
const ROLES: readonly { id: Role; text: string; hint: string }[] = [
  { id: 'viewer', text: 'Viewer', hint: 'Reads; no upstream keys.' },
  { id: 'manager', text: 'Manager', hint: 'Changes the tokens of its projects too.' },
  { id: 'admin', text: 'Administrator', hint: 'May do everything, in all projects.' },
];
const LIVES = [
  { id: NEVER, text: 'Never' },
  { id: '30', text: 'In 30 days' },
  { id: '90', text: 'In 90 days' },
  { id: '365', text: 'In a year' },
];

/** An administrator has no projects of its own: it sees all. */
function operatorOf(form: FormData, role: Role, life: string): NewOperator {
  const projects = form.getAll('projects').filter((id): id is string => typeof id === 'string');
  return {
    name: textOf(form, 'name'),
    role,
    projects: role === 'admin' || projects.length === 0 ? null : projects,
    expires_at: life === NEVER ? null : new Date(Date.now() + Number(life) * DAY_MS).toISOString(),
  };
}

function Projects({ role, fault }: { role: Role; fault: string | undefined }): ReactElement {
  const { data = [] } = useProjects();
  return (
    <fieldset className="grid gap-1.5">
      <legend className={labelClass}>Projects</legend>
      <p className="text-xs text-soft">
        {role === 'manager' ? 'A manager has one or more.' : 'A viewer without any sees all of them.'}
      </p>
      <div className="max-h-40 overflow-auto rounded-control border border-edge p-2 grid gap-1">
        {data.map(({ id, name }) => (
          <label key={id} className="flex items-center gap-2 min-h-6 text-[0.8125rem]">
            <input type="checkbox" name="projects" value={id} className="size-4 accent-leaf shrink-0" />
            <span className="min-w-0 break-words">{name}</span>
          </label>
        ))}
        {data.length === 0 && <span className="text-soft text-[0.8125rem]">There is no project yet.</span>}
      </div>
      {fault !== undefined && <p className="text-xs text-rust">{fault}</p>}
    </fieldset>
  );
}

function NewForm({ close, onMade }: { close: () => void; onMade: (made: Made) => void }): ReactElement {
  const [role, setRole] = useState<Role>('viewer');
  const [life, setLife] = useState('90');
  const form = useSubmit(async (values) => onMade(await create(operatorOf(values, role, life))));
  const { name: _, projects, ...others } = form.faults;
  const isElsewhere = Object.keys(others).length > 0;
  return (
    <Form className="grid gap-4" validationErrors={form.faults} onSubmit={form.onSubmit}>
      {(isElsewhere || Object.keys(form.faults).length === 0) && form.fault !== undefined && (
        <Fault fault={form.fault} />
      )}
      <Field
        label="Name"
        name="name"
        isRequired
        maxLength={120}
        autoComplete="off"
        autoFocus
        hint="Of a person or a program. It stands in the audit log."
      />
      <Select
        label="Role"
        options={ROLES}
        value={role}
        onChange={(id) => setRole(ROLES.find((one) => one.id === id)!.id)}
      />
      {role !== 'admin' && <Projects role={role} fault={projects} />}
      <Select label="Expires" options={LIVES} value={life} onChange={setLife} />
      <div className="flex justify-end gap-2">
        <Button onPress={close}>Cancel</Button>
        <Button kind="primary" type="submit" formNoValidate={form.isRefused}>
          {form.isBusy ? 'Creating…' : 'Create operator'}
        </Button>
      </div>
    </Form>
  );
}

interface Made {
  name: string;
  secret: string;
}

const Credential = ({ made: { name, secret }, close }: { made: Made; close: () => void }): ReactElement => (
  <>
    <p>This is the only time the credential of {name} is shown. It signs in here, and calls the management API.</p>
    <div className="flex items-center gap-2 rounded-control border border-edge bg-sunken pl-3 pr-1 py-1">
      <code id="operatorToken" className="flex-1 min-w-0 break-all py-1 select-all">
        {secret}
      </code>
      <CopyButton text={secret} label="Copy the credential" />
    </div>
    <div className="flex justify-end">
      <Button kind="primary" onPress={close}>
        I have copied it
      </Button>
    </div>
  </>
);

/** A button that makes an operator. Its credential is in the state of the dialog alone, and gone with it. */
export function NewOperatorButton(): ReactElement {
  const [made, setMade] = useState<Made>();
  useEffect(() => {
    if (made === undefined) return undefined;
    const timer = setTimeout(() => setMade(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [made]);
  return (
    <DialogTrigger onOpenChange={(isOpen) => !isOpen && setMade(undefined)}>
      <Button>
        <Plus size={14} aria-hidden />
        New operator
      </Button>
      <Sheet
        title={made === undefined ? 'New operator' : 'Operator created'}
        role={made === undefined ? 'dialog' : 'alertdialog'}
      >
        {(close) =>
          made === undefined ? <NewForm close={close} onMade={setMade} /> : <Credential made={made} close={close} />
        }
      </Sheet>
    </DialogTrigger>
  );
}
