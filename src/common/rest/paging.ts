import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { integer } from './api.docs.js';

/** The most entries of one response; the `Link` header leads to the other pages. */
export const MAX_PAGE_SIZE = 1000;
const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE = 1_000_000;

/** Converts a whole number of a query. Other values stay for the validator to refuse. */
export const wholeNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;

export class PageQuery {
  @ApiPropertyOptional({
    ...integer(1, MAX_PAGE),
    description: 'Number of the page, from 1',
    example: 1,
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'page must be a whole number' })
  @Min(1, { message: 'page must be 1 or more' })
  @Max(MAX_PAGE, { message: `page must be ${MAX_PAGE} or less` })
  page?: number;

  @ApiPropertyOptional({
    ...integer(1),
    description: `Entries on a page; more than ${MAX_PAGE_SIZE} means ${MAX_PAGE_SIZE}`,
    example: 100,
  })
  @IsOptional()
  @Transform(wholeNumber)
  @IsInt({ message: 'page_size must be a whole number' })
  @Min(1, { message: 'page_size must be 1 or more' })
  page_size?: number;
}

/** The page from 1 and its size in entries. */
export interface Window {
  page: number;
  size: number;
}

export const windowOf = ({ page, page_size: size }: PageQuery): Window => ({
  page: page ?? 1,
  size: Math.min(size ?? (page === undefined ? MAX_PAGE_SIZE : DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE),
});

/** The entries of one page. */
export interface Page<T> {
  entries: T[];
  /** The number of entries on all pages. */
  total: number;
}

/** Sets `X-Total-Count` and `Link` (RFC 8288) and returns the entries, because a list is a plain array. */
export function sendPage<T>(
  { entries, total }: Page<T>,
  query: PageQuery,
  request: FastifyRequest,
  reply: FastifyReply,
): T[] {
  const { page, size } = windowOf(query);
  const last = Math.max(1, Math.ceil(total / size));
  const url = new URL(request.url, 'http://localhost');
  const link = (to: number, rel: string): string => {
    url.searchParams.set('page', String(to));
    url.searchParams.set('page_size', String(size));
    return `<${url.pathname}${url.search}>; rel="${rel}"`;
  };
  const links = [
    link(1, 'first'),
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next')] : []),
    link(last, 'last'),
  ];
  void reply.header('x-total-count', String(total));
  if (query.page !== undefined || query.page_size !== undefined || total > size)
    void reply.header('link', links.join(', '));
  return entries;
}
