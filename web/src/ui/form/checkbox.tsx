import type { ReactElement, ReactNode } from 'react';
import { Check, Minus } from 'lucide-react';
import { Checkbox as AriaCheckbox, type CheckboxProps as AriaCheckboxProps } from 'react-aria-components';

export type CheckboxProps = Omit<AriaCheckboxProps, 'children' | 'className'> & { children?: ReactNode };

const BOX =
  'grid place-items-center size-4.5 rounded-[5px] border border-edge bg-surface text-on-leaf group-data-selected:bg-leaf group-data-selected:border-leaf group-data-indeterminate:bg-leaf group-data-indeterminate:border-leaf group-data-focus-visible:outline-2 group-data-focus-visible:outline-leaf group-data-focus-visible:outline-offset-2';

/** A choice of a form. Rows of a table have native checkboxes, which render faster. */
export const Checkbox = ({ children, ...rest }: CheckboxProps): ReactElement => (
  <AriaCheckbox {...rest} className="group inline-flex items-center gap-2 text-[0.8125rem]">
    <span className={BOX}>
      {rest.isIndeterminate ? (
        <Minus size={12} strokeWidth={3} aria-hidden />
      ) : (
        <Check size={12} strokeWidth={3} aria-hidden className="opacity-0 group-data-selected:opacity-100" />
      )}
    </span>
    {children}
  </AriaCheckbox>
);
