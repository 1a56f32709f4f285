import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { FieldError } from '../errors/api.error.js';
import { errors } from '../errors/errors.js';

const sentence = (field: string, message: string): string =>
  message.startsWith(field) ? message : `${field} ${message}`;

/** The rule that reads first in its DTO: decorators run from the bottom up, so it is the last to fail. */
function fieldFault({ property, constraints }: ValidationError): FieldError {
  const [rule, message = 'is not valid'] = Object.entries(constraints ?? {}).at(-1) ?? [];
  if (rule === 'isObject') return { field: property, message: `${property} must be a JSON object` };
  return {
    field: property,
    message: rule === 'whitelistValidation' ? `${property} is not a known field` : sentence(property, message),
  };
}

/** Bodies and queries against their DTO: unknown fields refused, nothing converted behind the caller's back. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (faults) => errors.validationFailed(faults.map(fieldFault)),
  });
