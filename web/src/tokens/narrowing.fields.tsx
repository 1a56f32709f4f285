import type { ReactElement, ReactNode } from 'react';
import type { Project } from '../api/types';
import { count } from '../format/number';
import { textOf } from '../parts/use.submit';
import { Field } from '../ui/form/field';
import { TextArea } from '../ui/form/text.area';
import { limitOf, listOf, type Narrowing } from './narrowing';

type Maxima = Project['token_maxima'];

/** What is typed into the fields below. */
export const narrowingOf = (form: FormData): Narrowing => ({
  rate_limit_per_minute: limitOf(textOf(form, 'rate_limit_per_minute')),
  max_concurrent: limitOf(textOf(form, 'max_concurrent')),
  allowed_models: listOf(textOf(form, 'allowed_models')),
  allowed_endpoints: listOf(textOf(form, 'allowed_endpoints')),
  allowed_ips: listOf(textOf(form, 'allowed_ips')),
});

/** A hint with the most that the project allows. */
export const withMost = (hint: string, most: number | readonly string[] | null | undefined): ReactNode => {
  if (most === null || most === undefined) return hint;
  return `${hint} The project allows ${typeof most === 'number' ? `at most ${count(most)}` : most.join(', ')}.`;
};

export interface NarrowingFieldsProps {
  values: { [K in keyof Narrowing]?: Narrowing[K] | undefined };
  maxima?: Maxima | undefined;
}

const NUMBER = { type: 'number', min: 0 } as const;
const LISTS = [
  ['allowed_models', 'Models', 'One a line, with * for any text: gpt-5*. Blank is any.', 'gpt-5*'],
  [
    'allowed_endpoints',
    'Endpoints',
    'One a line: exact, /v1/files/* for one segment more, /v1/threads/** for all below. Blank is any.',
    '/v1/responses',
  ],
  ['allowed_ips', 'Networks', 'Addresses and networks it may be used from, one a line. Blank is any.', '10.0.0.0/8'],
] as const;

/** What a token can be bound to. */
export const NarrowingFields = ({ values, maxima }: NarrowingFieldsProps): ReactElement => (
  <div className="grid gap-5">
    <div className="grid sm:grid-cols-2 gap-5 items-start">
      <Field
        {...NUMBER}
        label="Requests a minute"
        name="rate_limit_per_minute"
        inputId="rate_limit_per_minute"
        defaultValue={String(values.rate_limit_per_minute ?? '')}
        hint={withMost('Blank is no limit of its own.', maxima?.rate_limit_per_minute)}
      />
      <Field
        {...NUMBER}
        label="At a time"
        name="max_concurrent"
        inputId="max_concurrent"
        defaultValue={String(values.max_concurrent ?? '')}
        hint={withMost('Requests and sockets. Blank is any number.', maxima?.max_concurrent)}
      />
    </div>
    {LISTS.map(([name, label, hint, example]) => (
      <TextArea
        key={name}
        mono
        rows={2}
        label={label}
        name={name}
        inputId={name}
        placeholder={example}
        defaultValue={values[name]?.join('\n') ?? ''}
        hint={withMost(hint, maxima?.[name])}
      />
    ))}
  </div>
);
