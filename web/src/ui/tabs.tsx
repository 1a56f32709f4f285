import type { ReactElement, ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components';

export interface TabItem {
  id: string;
  text: string;
  content: ReactNode;
}

export interface TabsProps {
  label: string;
  items: readonly TabItem[];
}

/** Contents of which one is seen. */
export const Tabs = ({ label, items }: TabsProps): ReactElement => (
  <AriaTabs>
    <TabList aria-label={label} className="flex gap-1 border-b border-line mb-3 overflow-x-auto">
      {items.map(({ id, text }) => (
        <Tab
          key={id}
          id={id}
          className="px-3 py-2 text-[0.8125rem] font-[550] text-soft border-b-2 border-transparent -mb-px data-selected:text-ink data-selected:border-leaf cursor-default"
        >
          {text}
        </Tab>
      ))}
    </TabList>
    {items.map(({ id, content }) => (
      <TabPanel key={id} id={id} className="relative">
        {content}
      </TabPanel>
    ))}
  </AriaTabs>
);
