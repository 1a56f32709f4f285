import type { ReactElement } from 'react';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { PageHead } from '../ui/page.head';
import { Fault } from '../ui/state';

/** A page that broke: its message, and a way to try again. */
export function PageFault({ error, reset }: ErrorComponentProps): ReactElement {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <>
      <PageHead tab="Error" title="This page does not work" />
      <Fault fault={error} retry={retry} />
    </>
  );
}
