import type { ReactElement } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { type ButtonKind, buttonClass } from './button.class';

export type ButtonProps = Omit<AriaButtonProps, 'className'> & { kind?: ButtonKind; className?: string };

export const Button = ({ kind, className, ...rest }: ButtonProps): ReactElement => (
  <AriaButton {...rest} className={buttonClass(kind, className)} />
);
