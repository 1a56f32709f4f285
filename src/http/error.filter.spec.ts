import { BadRequestException, HttpException, InternalServerErrorException, NotFoundException } from '@nestjs/common';
import { TypeORMError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { toApiError } from './error.filter.js';
import { errors } from '../common/errors/errors.js';

const fastify = (code: string, statusCode: number): HttpException =>
  new HttpException('x', statusCode, { cause: Object.assign(new Error('x'), { code, statusCode }) });

describe(toApiError.name, () => {
  it('keeps a refusal of ours', () => {
    const error = errors.projectExists();
    expect(toApiError(error)).toBe(error);
  });

  it.each([
    [new TypeORMError('the store is gone'), 503, 'store_unavailable'],
    [new NotFoundException(), 404, 'not_found'],
    [new BadRequestException(), 400, 'request_invalid'],
    [new InternalServerErrorException(), 500, 'internal_error'],
    [fastify('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 415, 'media_type_unsupported'],
    [fastify('FST_ERR_CTP_EMPTY_JSON_BODY', 400), 400, 'json_invalid'],
    [fastify('FST_ERR_CTP_INVALID_JSON_BODY', 400), 400, 'json_invalid'],
    [fastify('FST_ERR_CTP_BODY_TOO_LARGE', 413), 413, 'body_too_large'],
    [fastify('FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400), 400, 'body_truncated'],
    [fastify('FST_ERR_BAD_URL', 400), 400, 'target_invalid'],
    [fastify('FST_ERR_SOMETHING_NEW', 400), 400, 'request_invalid'],
    [Object.assign(new Error('x'), { statusCode: 400 }), 400, 'request_invalid'],
    [new Error('a defect of ours'), 500, 'internal_error'],
    ['a thrown text', 500, 'internal_error'],
    [undefined, 500, 'internal_error'],
    [null, 500, 'internal_error'],
  ])('turns %s into %i %s', (thrown, status, code) => {
    const error = toApiError(thrown);
    expect([error.status, error.code]).toEqual([status, code]);
    expect(error.message).not.toMatch(/the store is gone|a defect|a thrown/);
  });
});
