import { type FormEvent, type ReactElement, useState } from 'react';
import { Search, SlidersHorizontal } from 'lucide-react';
import { FORMATS } from '../format/formats';
import { instantOf, localField } from '../format/local.field';
import { isSecret } from '../format/secret';
import { actorKind, OUTCOME_WORDS } from '../parts/audit.words';
import { ProjectSelect } from '../parts/project.select';
import { useToken } from '../parts/token/token.query';
import { textOf } from '../parts/use.submit';
import { Button } from '../ui/button';
import { Chip } from '../ui/chip';
import { Field } from '../ui/form/field';
import { inputClass } from '../ui/form/input.class';
import { Select } from '../ui/form/select';
import { ACTIONS, actionWords } from './actions';
import { ACTORS, type AuditSearch, OUTCOMES } from './search';

export interface FiltersProps {
  search: AuditSearch;
  set: (more: AuditSearch) => void;
}

const ANY = 'any';

/** Words in all of a row. What is typed counts when it is sent. */
function SearchForm({ search, set, clear }: FiltersProps & { clear: () => void }): ReactElement {
  const [isRefused, setRefused] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = textOf(new FormData(event.currentTarget), 'search');
    setRefused(isSecret(text));
    if (!isSecret(text)) set({ search: text === '' ? undefined : text });
  };
  const hasFilters = Object.values(search).some((value) => value !== undefined);
  return (
    <div className="grid grid-cols-1 gap-1.5 mb-3">
      <form role="search" onSubmit={submit} className="flex flex-wrap items-center gap-2">
        <span className="relative w-80 max-w-full">
          <Search size={15} aria-hidden className="absolute left-2.5 top-2.5 text-faint" />
          <input
            key={search.search ?? ''}
            type="search"
            name="search"
            aria-label="Search events"
            placeholder="Search events…"
            defaultValue={search.search ?? ''}
            maxLength={120}
            data-search
            className={`${inputClass} pl-8`}
          />
        </span>
        <Button type="submit" className="min-h-9">
          Search
        </Button>
        {hasFilters && (
          <Button kind="quiet" onPress={clear} className="min-h-9">
            Clear
          </Button>
        )}
      </form>
      {isRefused && (
        <p role="alert" className="text-rust text-[0.8125rem]">
          This looks like a secret, which has no place in an address. Ctrl K finds the token of a secret.
        </p>
      )}
    </div>
  );
}

function RangeForm({ search, set }: FiltersProps): ReactElement {
  const apply = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    set({ from: instantOf(textOf(form, 'from')), to: instantOf(textOf(form, 'to')) });
  };
  return (
    <form
      onSubmit={apply}
      className="rounded-card border border-line bg-surface p-4 mb-3 flex flex-wrap items-end gap-3"
    >
      <Field label="From" name="from" type="datetime-local" defaultValue={localField(search.from)} />
      <Field label="Until" name="to" type="datetime-local" defaultValue={localField(search.to)} />
      <Button type="submit" kind="primary" className="min-h-9">
        Apply
      </Button>
    </form>
  );
}

function Chips({ search, set }: FiltersProps): ReactElement | null {
  const { token_id: tokenId, from, to } = search;
  const token = useToken(tokenId);
  const chips = [
    ['token_id', 'Show all tokens', tokenId && `Token: ${token.data?.name ?? token.data?.token ?? tokenId}`],
    ['from', 'Show earlier ones too', from && `From ${FORMATS.ymd_hm(new Date(from))}`],
    ['to', 'Show later ones too', to && `Until ${FORMATS.ymd_hm(new Date(to))}`],
  ] as const;
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

/** What the log is cut by. All of it is in the URL. */
export function AuditFilters({ search, set, clear }: FiltersProps & { clear: () => void }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <SearchForm search={search} set={set} clear={clear} />
      <div className="flex flex-wrap items-end gap-2 mb-3">
        <Select
          label="Action"
          options={[{ id: ANY, text: 'All' }, ...ACTIONS.map((id) => ({ id, text: id, hint: actionWords(id) }))]}
          value={search.action ?? ANY}
          onChange={(id) => set({ action: id === ANY ? undefined : id })}
          className="min-w-36"
        />
        <Select
          label="Outcome"
          options={[{ id: ANY, text: 'All' }, ...OUTCOMES.map((id) => ({ id, text: OUTCOME_WORDS[id][1] }))]}
          value={search.outcome ?? ANY}
          onChange={(id) => set({ outcome: OUTCOMES.find((one) => one === id) })}
        />
        <Select
          label="Actor"
          options={[{ id: ANY, text: 'All' }, ...ACTORS.map((id) => ({ id, text: actorKind(id) }))]}
          value={search.actor ?? ANY}
          onChange={(id) => set({ actor: ACTORS.find((one) => one === id) })}
        />
        <ProjectSelect value={search.project_id} onChange={(id) => set({ project_id: id })} />
        <Button aria-expanded={isOpen} onPress={() => setOpen(!isOpen)} className="min-h-9">
          <SlidersHorizontal size={14} aria-hidden />
          Range of time
        </Button>
      </div>
      {isOpen && <RangeForm key={`${search.from ?? ''} ${search.to ?? ''}`} search={search} set={set} />}
      <Chips search={search} set={set} />
    </>
  );
}

/** The filters in words, for a log that has nothing. */
export const filterWords = (search: AuditSearch): string[] =>
  [
    search.search && `the text “${search.search}”`,
    search.action && `the action “${search.action}”`,
    search.outcome && `the outcome “${OUTCOME_WORDS[search.outcome][1]}”`,
    search.actor && `the actor “${actorKind(search.actor)}”`,
    search.project_id && 'this project',
    search.token_id && 'this token',
    (search.from ?? search.to) && 'this range of time',
  ].filter((word): word is string => word !== undefined);
