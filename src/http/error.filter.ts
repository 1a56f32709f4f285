import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TypeORMError } from 'typeorm';
import { ApiError } from '../common/errors/api.error.js';
import { MAX_MANAGEMENT_BODY_BYTES } from '../common/values/bytes.js';
import { ErrorSampler } from './error.sampler.js';
import { isOpenAiShaped, refusal } from './error.body.js';
import { errors } from '../common/errors/errors.js';
import { exchangeOf } from './exchange.js';

/** The one exception filter: every thrown value becomes a refusal in the error shape of its path. Clients see nothing of the cause. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly causes = new ErrorSampler(new Logger(ErrorFilter.name));

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const error = toApiError(thrown);
    const exchange = exchangeOf(request.raw);
    exchange.refused(error);
    this.causes.refused(error, exchange.requestId);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const { status, headers, body } = refusal(error, exchange.requestId, isOpenAiShaped(error, exchange));
    void reply.code(status).headers(headers).send(body);
  }
}

export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof TypeORMError) return errors.storeUnavailable(thrown);
  if (thrown instanceof HttpException) return fromHttpException(thrown);
  return fromFastify(thrown as FastifyFault | undefined) ?? errors.internal(thrown);
}

/** Nest wraps Fastify's errors: the original is the cause. */
function fromHttpException(thrown: HttpException): ApiError {
  const status = thrown.getStatus();
  if (status === 404) return errors.notFound();
  if (status >= 500) return errors.internal(thrown);
  return fromFastify(thrown.cause as FastifyFault | undefined) ?? errors.requestInvalid('it cannot be understood');
}

interface FastifyFault {
  code?: string;
  statusCode?: number;
}

/** Fastify's errors by their codes: https://fastify.dev/docs/latest/Reference/Errors/. */
function fromFastify(thrown: FastifyFault | undefined): ApiError | undefined {
  switch (thrown?.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return errors.mediaTypeUnsupported();
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return errors.jsonInvalid();
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return errors.bodyTooLarge(MAX_MANAGEMENT_BODY_BYTES);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return errors.bodyTruncated();
    case 'FST_ERR_BAD_URL':
      return errors.targetInvalid('its path cannot be decoded');
    default:
      return thrown?.statusCode !== undefined && thrown.statusCode < 500
        ? errors.requestInvalid('it cannot be understood')
        : undefined;
  }
}
