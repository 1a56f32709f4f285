import type { ReactElement, ReactNode } from 'react';
import { Switch as AriaSwitch, type SwitchProps as AriaSwitchProps } from 'react-aria-components';

export type SwitchProps = Omit<AriaSwitchProps, 'children' | 'className'> & { children: ReactNode; inputId?: string };

/** On or off. `inputId` is the id of the control itself. */
export const Switch = ({ children, inputId, ...rest }: SwitchProps): ReactElement => (
  <AriaSwitch
    {...rest}
    {...(inputId === undefined ? {} : { id: inputId })}
    className="group inline-flex items-center gap-2.5 text-[0.8125rem] font-[550]"
  >
    <span className="h-5 w-9 rounded-full border border-edge bg-sunken p-0.5 transition-colors group-data-selected:bg-leaf group-data-selected:border-leaf group-data-focus-visible:outline-2 group-data-focus-visible:outline-leaf group-data-focus-visible:outline-offset-2">
      <span className="block size-3.5 rounded-full bg-edge transition-transform group-data-selected:translate-x-4 group-data-selected:bg-on-leaf" />
    </span>
    {children}
  </AriaSwitch>
);
