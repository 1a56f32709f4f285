import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { MAX_PAGE_SIZE, type PageQuery, sendPage, windowOf } from './paging.js';

describe(windowOf.name, () => {
  it.each([
    [{}, { page: 1, size: MAX_PAGE_SIZE }],
    [{ page: 3 }, { page: 3, size: 100 }],
    [{ page_size: 7 }, { page: 1, size: 7 }],
    [
      { page: 2, page_size: 1_000_000_000 },
      { page: 2, size: MAX_PAGE_SIZE },
    ],
  ])('of %j is %j', (query, window) => expect(windowOf(query)).toEqual(window));
});

describe(sendPage.name, () => {
  function sent(query: PageQuery, total: number, url = '/manage/tokens?activeOnly=true') {
    const headers: Record<string, string> = {};
    const reply = { header: (name: string, value: string) => (headers[name] = value) } as unknown as FastifyReply;
    const entries = sendPage({ entries: ['a'], total }, query, { url } as FastifyRequest, reply);
    return { entries, headers };
  }

  it('counts always and links only when paged', () => {
    expect(sent({}, 1)).toEqual({ entries: ['a'], headers: { 'x-total-count': '1' } });
    expect(sent({}, MAX_PAGE_SIZE + 1).headers['link']).toContain('rel="next"');
  });

  it('links to the neighbours, keeping the filter', () => {
    const { link } = sent({ page: 2, page_size: 10 }, 25).headers;
    const to = (page: number, rel: string) =>
      `</manage/tokens?activeOnly=true&page=${page}&page_size=10>; rel="${rel}"`;
    expect(link).toBe([to(1, 'first'), to(1, 'prev'), to(3, 'next'), to(3, 'last')].join(', '));
  });

  it('has no next on the last page and no previous on the first', () => {
    expect(sent({ page: 3, page_size: 10 }, 25).headers['link']).not.toContain('"next"');
    expect(sent({ page: 1, page_size: 10 }, 25).headers['link']).not.toContain('"prev"');
    expect(sent({ page: 1 }, 0).headers['link']).toMatch(/page=1.*first.*page=1.*last/);
  });
});
