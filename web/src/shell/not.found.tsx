import type { ReactElement } from 'react';
import { Link } from '@tanstack/react-router';
import { PageHead } from '../ui/page.head';

/** An address of no page, or a thing that is gone. */
export const NotFound = (): ReactElement => (
  <>
    <PageHead tab="Not found" title="There is nothing at this address" />
    <p className="text-soft">
      Search with Ctrl K, or go to the{' '}
      <Link to="/" className="text-leaf underline">
        Dashboard
      </Link>
      .
    </p>
  </>
);
