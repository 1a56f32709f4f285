import type { ReactElement, ReactNode } from 'react';
import { Button, type ButtonProps, Tooltip, TooltipTrigger } from 'react-aria-components';

export type IconButtonProps = Omit<ButtonProps, 'className' | 'children'> & { label: string; children: ReactNode };

/** A button with an icon alone; its label is read aloud and shown beside it on hover and focus. */
export const IconButton = ({ label, children, ...rest }: IconButtonProps): ReactElement => (
  <TooltipTrigger delay={400}>
    <Button
      {...rest}
      aria-label={label}
      className="inline-grid place-items-center size-8 rounded-control text-soft hover:bg-hover hover:text-ink transition-colors disabled:opacity-50"
    >
      {children}
    </Button>
    <Tooltip offset={6} className="rise rounded-md bg-ink text-canvas text-xs px-2 py-1">
      {label}
    </Tooltip>
  </TooltipTrigger>
);
