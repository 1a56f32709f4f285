import type { ReactElement, ReactNode } from 'react';
import { FieldError, Input, Label, Text, TextField, type TextFieldProps } from 'react-aria-components';
import { inputClass, labelClass } from './input.class';

export type FieldProps = Omit<TextFieldProps, 'className' | 'children' | 'type'> & {
  label: string;
  hint?: ReactNode;
  type?: 'text' | 'password' | 'number' | 'datetime-local';
  /** Ids, keys and code. */
  mono?: boolean;
  inputId?: string;
  placeholder?: string;
  /** For `type="number"`. */
  min?: number;
};

/** One line of text. Messages of the server come from the `validationErrors` of the `Form` around it, by `name`. */
export const Field = ({
  label,
  hint,
  type = 'text',
  mono,
  inputId,
  placeholder,
  min,
  ...rest
}: FieldProps): ReactElement => (
  <TextField {...rest} type={type} className="grid gap-1.5">
    <Label className={labelClass}>{label}</Label>
    <Input
      id={inputId}
      placeholder={placeholder}
      min={min}
      className={`${inputClass} ${mono ? 'font-mono text-[0.8125rem]' : ''}`}
    />
    {hint !== undefined && (
      <Text slot="description" className="text-xs text-soft">
        {hint}
      </Text>
    )}
    <FieldError className="text-xs text-rust" />
  </TextField>
);
