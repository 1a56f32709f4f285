import type { ReactElement, ReactNode } from 'react';
import { ChevronDown } from 'lucide-react';
import {
  Button,
  FieldError,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Text,
} from 'react-aria-components';
import { inputClass, labelClass } from './input.class';

export interface SelectOption {
  id: string;
  text: string;
  /** What it means, below its text in the list. */
  hint?: string | undefined;
  isDisabled?: boolean;
}

export interface SelectProps {
  label: string;
  options: readonly SelectOption[];
  name?: string;
  /** The id of the chosen option; null for none. */
  value?: string | null;
  onChange?: (id: string) => void;
  defaultValue?: string;
  placeholder?: string;
  hint?: ReactNode;
  isRequired?: boolean;
  isDisabled?: boolean;
  className?: string;
}

/** One of a list. */
export const Select = ({
  label,
  options,
  hint,
  placeholder = 'Choose',
  onChange,
  className = '',
  ...rest
}: SelectProps): ReactElement => (
  <AriaSelect
    {...rest}
    placeholder={placeholder}
    onChange={(key) => key !== null && onChange?.(String(key))}
    className={`grid gap-1.5 ${className}`}
  >
    <Label className={labelClass}>{label}</Label>
    <Button className={`${inputClass} flex items-center justify-between gap-2`}>
      <SelectValue className="truncate data-placeholder:text-faint **:data-hint:hidden" />
      <ChevronDown size={15} aria-hidden />
    </Button>
    {hint !== undefined && (
      <Text slot="description" className="text-xs text-soft">
        {hint}
      </Text>
    )}
    <FieldError className="text-xs text-rust" />
    <Popover className="rise rounded-card border border-line bg-surface shadow-lift p-1 min-w-(--trigger-width) max-h-72 overflow-auto">
      <ListBox items={options} className="outline-none">
        {({ id, text, hint: meaning, isDisabled = false }) => (
          <ListBoxItem
            id={id}
            textValue={text}
            isDisabled={isDisabled}
            className="rounded-md px-2.5 py-1.5 text-sm outline-none data-focused:bg-hover data-disabled:text-faint"
          >
            {text}
            {/* The chosen one is shown without it. */}
            {meaning !== undefined && (
              <span data-hint className="block text-xs text-soft">
                {meaning}
              </span>
            )}
          </ListBoxItem>
        )}
      </ListBox>
    </Popover>
  </AriaSelect>
);
