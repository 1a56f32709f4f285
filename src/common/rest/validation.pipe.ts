import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { FieldError } from '../errors/api.error.js';
import { errors } from '../errors/errors.js';
import { firstFailure, sentence } from './validator.js';

const unknownField = (field: string): FieldError => ({ field, message: `${field} is not a known field` });

function fieldError(error: ValidationError): FieldError {
  const { property: field } = error;
  const { rule, message } = firstFailure(error);
  if (rule === 'isObject') return { field, message: `${field} must be a JSON object` };
  if (rule === 'whitelistValidation') return unknownField(field);
  // Most messages of the DTOs name their field themselves.
  return { field, message: message.startsWith(field) ? message : sentence(field, message) };
}

/** Fields with a name that every object inherits, such as `constructor`, at any depth. class-transformer drops them, or fails on them. */
const inheritedFields = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, child]) =>
        name in Object.prototype ? [path + name] : inheritedFields(child, `${path}${name}.`),
      )
    : [];

class FieldPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const unknown = inheritedFields(value);
    if (unknown.length > 0) throw errors.validationFailed(unknown.map(unknownField));
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

/** Validates bodies and queries against their DTO. It refuses unknown fields and converts only what a DTO transforms itself. */
export const validationPipe = (): ValidationPipe =>
  new FieldPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (invalid) => errors.validationFailed(invalid.map(fieldError)),
  });
