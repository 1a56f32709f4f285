import { type FormEvent, useRef, useState } from 'react';
import { ApiFault, fieldFaults } from '../api/fault';

export interface Submit {
  /** For the `validationErrors` of a `Form`. */
  faults: Record<string, string>;
  /** What the server said of no field of the form. */
  fault: unknown;
  isBusy: boolean;
  /** For `formNoValidate`: a message of the server must not keep the form from being sent again. */
  isRefused: boolean;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

/** The trimmed text of a field; '' when the form has none by that name. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

const named = (form: HTMLFormElement, name: string): HTMLElement | null =>
  form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`);

/** Refuses what is typed into a field of numbers or dates and is none: the form has '' in its place, which clears the value. */
function checkReadable(form: HTMLFormElement): void {
  const details = [...form.querySelectorAll('input')]
    .filter(({ validity }) => validity.badInput)
    .map(({ name, type }) => ({
      field: name,
      message: type === 'number' ? 'This must be a number.' : 'This must be a whole date.',
    }));
  if (details.length > 0) throw new ApiFault(400, 'unreadable', 'A field cannot be read.', details);
}

/** Sends a form once at a time; what the server refuses stands at its field, and the first of those has the focus. */
export function useSubmit(run: (form: FormData) => Promise<unknown>): Submit {
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [fault, setFault] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [isRefused, setRefused] = useState(false);
  const busy = useRef(false);
  const heard = useRef<HTMLFormElement>(null);
  const refused = useRef(new Set<string>());
  /** A message goes while its field is typed into: at the next press it would move the button from below the pointer. */
  const hear = (form: HTMLFormElement): void => {
    if (heard.current === form) return;
    heard.current = form;
    form.addEventListener('input', ({ target }) => {
      const name = target instanceof Element ? target.getAttribute('name') : null;
      if (name === null || !refused.current.delete(name)) return;
      // After React has seen the event: drawn before it, the field would take back what was typed.
      setTimeout(() => setFaults((all) => Object.fromEntries(Object.entries(all).filter(([one]) => one !== name))));
    });
  };
  const refuse = (form: HTMLFormElement, error: unknown): void => {
    const all = fieldFaults(error);
    hear(form);
    setRefused(true);
    refused.current = new Set(Object.keys(all));
    const first = Object.keys(all).find((name) => named(form, name) !== null);
    const isElsewhere = Object.keys(all).some((name) => named(form, name) === null);
    setFaults(all);
    setFault(first === undefined || isElsewhere || !(error instanceof ApiFault) ? error : undefined);
    if (first !== undefined) requestAnimationFrame(() => named(form, first)?.focus());
  };
  const send = async (form: HTMLFormElement): Promise<void> => {
    busy.current = true;
    setBusy(true);
    setFault(undefined);
    setFaults({});
    try {
      checkReadable(form);
      await run(new FormData(form));
    } catch (error) {
      refuse(form, error);
    } finally {
      busy.current = false;
      setBusy(false);
    }
  };
  return {
    faults,
    fault,
    isBusy,
    isRefused,
    onSubmit: (event) => {
      event.preventDefault();
      if (!busy.current) void send(event.currentTarget);
    },
  };
}
