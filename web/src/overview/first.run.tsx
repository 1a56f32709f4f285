import type { ReactElement } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, listPage } from '../api/client';
import { buttonClass } from '../ui/button.class';
import { Card } from '../ui/card';

const STEPS = [
  [
    'Give it a key',
    'A project holds the key of your upstream, encrypted. Check there whether the upstream accepts it.',
  ],
  ['Make a token', 'It is what an app gets in place of the key: it ends by time, by use, or when you revoke it.'],
  ['Call it', 'Examples stand beside the new token, and its first request shows there the moment it ends.'],
] as const;

/** How many projects there are; undefined until it is known. The figures of the overview may be some seconds old. */
const useProjectCount = (): number | undefined =>
  useQuery({
    queryKey: ['/manage/projects', { page_size: 1 }],
    queryFn: async ({ signal }) =>
      listPage(await api.GET('/manage/projects', { params: { query: { page_size: 1 } }, signal })).total,
  }).data;

/** The three first steps, on the Dashboard of an empty store. Nothing once there is a project. */
export function FirstRun(): ReactElement | null {
  if (useProjectCount() !== 0) return null;
  return (
    <Card title="First steps" className="max-w-2xl">
      <ol className="grid gap-4">
        {STEPS.map(([title, text], index) => (
          <li key={title} className="grid grid-cols-[auto_1fr] gap-3">
            <span
              aria-hidden
              className="grid place-items-center size-7 rounded-full bg-leaf-wash text-leaf font-[640] text-[0.8125rem]"
            >
              {index + 1}
            </span>
            <span>
              <h3 className="font-[560]">{title}</h3>
              <span className="text-soft">{text}</span>
            </span>
          </li>
        ))}
      </ol>
      <Link to="/projects/new" className={buttonClass('primary', 'mt-4')}>
        Begin with a project
      </Link>
    </Card>
  );
}
