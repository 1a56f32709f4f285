import { type RefObject, useEffect } from 'react';

/** Moves the focus to the first field that the server refused. `faults` as `fieldFaults` gives them. */
export function useFaultFocus(form: RefObject<HTMLFormElement | null>, faults: Record<string, string>): void {
  useEffect(() => {
    const name = [...(form.current?.elements ?? [])]
      .map((element) => element.getAttribute('name'))
      .find((one) => one !== null && one in faults);
    if (name !== undefined) form.current?.querySelector<HTMLElement>(`[name=${JSON.stringify(name)}]`)?.focus();
  }, [form, faults]);
}
