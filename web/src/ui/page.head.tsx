import type { ReactElement, ReactNode } from 'react';

export interface PageHeadProps {
  /** The text of the tab, without the name of the product. */
  tab: string;
  /** The one heading of the first level; the text of the tab unless it says more. */
  title?: ReactNode;
  lead?: ReactNode;
  /** What can be done with the page as a whole. */
  children?: ReactNode;
}

/** The head of each page: title of the tab, heading, a sentence, actions. */
export const PageHead = ({ tab, title = tab, lead, children }: PageHeadProps): ReactElement => (
  <>
    <title>{`${tab} · LLM Proxy`}</title>
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 mb-5">
      <div className="min-w-0">
        <h1 tabIndex={-1} className="flex items-center gap-2.5 flex-wrap outline-none">
          {title}
        </h1>
        {lead !== undefined && <p className="text-soft mt-1 max-w-[68ch]">{lead}</p>}
      </div>
      {children !== undefined && <div className="flex flex-wrap gap-2">{children}</div>}
    </div>
  </>
);
