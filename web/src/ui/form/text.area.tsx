import type { ReactElement, ReactNode } from 'react';
import {
  FieldError,
  Label,
  Text,
  TextArea as AriaTextArea,
  TextField,
  type TextFieldProps,
} from 'react-aria-components';
import { inputClass, labelClass } from './input.class';

export type TextAreaProps = Omit<TextFieldProps, 'className' | 'children'> & {
  label: string;
  hint?: ReactNode;
  rows?: number;
  mono?: boolean;
  inputId?: string;
  placeholder?: string;
};

/** Several lines of text. */
export const TextArea = ({
  label,
  hint,
  rows = 3,
  mono,
  inputId,
  placeholder,
  ...rest
}: TextAreaProps): ReactElement => (
  <TextField {...rest} className="grid gap-1.5">
    <Label className={labelClass}>{label}</Label>
    <AriaTextArea
      id={inputId}
      rows={rows}
      placeholder={placeholder}
      className={`${inputClass} py-2 ${mono ? 'font-mono text-[0.8125rem]' : ''}`}
    />
    {hint !== undefined && (
      <Text slot="description" className="text-xs text-soft">
        {hint}
      </Text>
    )}
    <FieldError className="text-xs text-rust" />
  </TextField>
);
