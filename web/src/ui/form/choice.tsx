import type { ReactElement } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

export interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  /** Value and text of each. */
  options: readonly (readonly [T, string])[];
}

/** One of a few, all of them in sight. */
export const Choice = <T extends string>({ label, value, onChange, options }: ChoiceProps<T>): ReactElement => (
  <ToggleButtonGroup
    aria-label={label}
    selectionMode="single"
    disallowEmptySelection
    selectedKeys={[value]}
    onSelectionChange={(keys) => onChange([...keys][0] as T)}
    className="inline-flex flex-wrap rounded-control border border-line bg-sunken p-0.5"
  >
    {options.map(([id, text]) => (
      <ToggleButton
        key={id}
        id={id}
        className="rounded-[6px] px-2.5 min-h-7 text-[0.8125rem] font-[540] text-soft hover:text-ink data-selected:bg-surface data-selected:text-ink data-selected:shadow-xs"
      >
        {text}
      </ToggleButton>
    ))}
  </ToggleButtonGroup>
);
