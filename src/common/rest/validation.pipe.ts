import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { FieldError } from '../errors/api.error.js';
import { errors } from '../errors/errors.js';
import { firstFailure, sentence } from './validator.js';

function fieldError(error: ValidationError): FieldError {
  const { property: field } = error;
  const { rule, message } = firstFailure(error);
  if (rule === 'isObject') return { field, message: `${field} must be a JSON object` };
  if (rule === 'whitelistValidation') return { field, message: `${field} is not a known field` };
  // Most messages of the DTOs name their field themselves.
  return { field, message: message.startsWith(field) ? message : sentence(field, message) };
}

/** Validates bodies and queries against their DTO. It refuses unknown fields and converts only what a DTO transforms itself. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (invalid) => errors.validationFailed(invalid.map(fieldError)),
  });
