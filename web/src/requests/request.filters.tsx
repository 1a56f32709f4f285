import { type FormEvent, type ReactElement, useState } from 'react';
import { SlidersHorizontal } from 'lucide-react';
import { FORMATS } from '../format/formats';
import { instantOf, localField } from '../format/local.field';
import { ms } from '../format/number';
import { ENDS, endWords } from '../parts/ends';
import { useToken } from '../parts/token/token.query';
import { ProjectSelect } from '../parts/project.select';
import { textOf } from '../parts/use.submit';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { Field } from '../ui/form/field';
import { SearchField } from '../ui/form/search.field';
import { Select } from '../ui/form/select';
import { type RequestsSearch, STATUS_CLASSES } from './search';

export interface FiltersProps {
  search: RequestsSearch;
  set: (more: RequestsSearch) => void;
}

const ANY = 'any';
const STATUS_TEXTS: Record<(typeof STATUS_CLASSES)[number], string> = {
  '1xx': '1xx upgraded',
  '2xx': '2xx answered',
  '3xx': '3xx elsewhere',
  '4xx': '4xx refused',
  '5xx': '5xx failed',
};

const orNothing = (value: string): string | undefined => (value === '' ? undefined : value);

/** The filters that are typed: they count when they are applied. */
function More({ search, set }: FiltersProps): ReactElement {
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const slower = textOf(form, 'slower_than_ms');
    set({
      model: orNothing(textOf(form, 'model')),
      path: orNothing(textOf(form, 'path')),
      replica: orNothing(textOf(form, 'replica')),
      slower_than_ms: slower === '' ? undefined : Number(slower),
      from: instantOf(textOf(form, 'from')),
      to: instantOf(textOf(form, 'to')),
    });
  };
  return (
    <form
      onSubmit={apply}
      className="rounded-card border border-line bg-surface p-4 mb-3 grid gap-3 grid-cols-3 max-lg:grid-cols-2 max-sm:grid-cols-1"
    >
      <Field label="Model" name="model" defaultValue={search.model ?? ''} maxLength={200} mono />
      <Field label="Path begins with" name="path" defaultValue={search.path ?? ''} maxLength={200} mono />
      <Field label="Replica" name="replica" defaultValue={search.replica ?? ''} maxLength={200} />
      <Field
        label="Slower than, ms"
        name="slower_than_ms"
        type="number"
        min={0}
        defaultValue={search.slower_than_ms === undefined ? '' : String(search.slower_than_ms)}
      />
      <Field label="From" name="from" type="datetime-local" defaultValue={localField(search.from)} />
      <Field label="Until" name="to" type="datetime-local" defaultValue={localField(search.to)} />
      <div>
        <Button type="submit" kind="primary">
          Apply
        </Button>
      </div>
    </form>
  );
}

function Chips({ search, set }: FiltersProps): ReactElement | null {
  const { token_id, model, path, replica, slower_than_ms, from, to } = search;
  const token = useToken(token_id);
  const chips: [keyof RequestsSearch, string, string | undefined][] = [
    ['token_id', 'Show all tokens', token_id && `Token: ${token.data?.name ?? token.data?.token ?? token_id}`],
    ['model', 'Show all models', model && `Model: ${model}`],
    ['path', 'Show all paths', path && `Path: ${path}…`],
    ['replica', 'Show all replicas', replica && `Replica: ${replica}`],
    [
      'slower_than_ms',
      'Show faster ones too',
      slower_than_ms === undefined ? undefined : `Slower than ${ms(slower_than_ms)}`,
    ],
    ['from', 'Show earlier ones too', from && `From ${FORMATS.ymd_hm(new Date(from))}`],
    ['to', 'Show later ones too', to && `Until ${FORMATS.ymd_hm(new Date(to))}`],
  ];
  const shown = chips.filter(([, , text]) => text !== undefined);
  if (shown.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-2 mb-3">
      {shown.map(([name, label, text]) => (
        <Chip key={name} label={label} onClear={() => set({ [name]: undefined })}>
          {text}
        </Chip>
      ))}
    </div>
  );
}

/** What the list is cut by. All of it is in the URL. */
export function RequestFilters({ search, set }: FiltersProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <div className="flex flex-wrap items-end gap-2 mb-3">
        <SearchField
          label="Search by request id"
          placeholder="Request id, ours or the upstream’s"
          value={search.request_id ?? ''}
          onChange={(text) => set({ request_id: orNothing(text.trim()) })}
        />
        <ProjectSelect value={search.project_id} onChange={(id) => set({ project_id: id })} />
        <Select
          label="Status"
          options={[{ id: ANY, text: 'All' }, ...STATUS_CLASSES.map((id) => ({ id, text: STATUS_TEXTS[id] }))]}
          value={search.status_class ?? ANY}
          onChange={(id) => set({ status_class: STATUS_CLASSES.find((one) => one === id) })}
        />
        <Select
          label="End"
          options={[{ id: ANY, text: 'All' }, ...ENDS.map((id) => ({ id, text: endWords(id) }))]}
          value={search.end ?? ANY}
          onChange={(id) => set({ end: ENDS.find((one) => one === id) })}
        />
        <Button aria-expanded={isOpen} onPress={() => setOpen(!isOpen)} className="min-h-9">
          <SlidersHorizontal size={14} aria-hidden />
          More filters
        </Button>
      </div>
      {isOpen && <More key={JSON.stringify(search)} search={search} set={set} />}
      <Chips search={search} set={set} />
    </>
  );
}

/** The filters in words, for a list that has nothing. */
export const filterWords = (search: RequestsSearch): string[] =>
  [
    search.request_id && `the id “${search.request_id}”`,
    search.project_id && 'this project',
    search.token_id && 'this token',
    search.status_class && `a status of ${search.status_class}`,
    search.end && `the end “${endWords(search.end)}”`,
    search.model && `the model “${search.model}”`,
    search.path && `a path that begins with “${search.path}”`,
    search.replica && `the replica “${search.replica}”`,
    search.slower_than_ms === undefined ? undefined : `more than ${ms(search.slower_than_ms)}`,
    (search.from ?? search.to) && 'this range of time',
  ].filter((word): word is string => word !== undefined);
