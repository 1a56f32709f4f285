import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { FieldFault } from './api.error.js';
import { errors } from './errors.js';

const sentence = (field: string, message: string): string =>
  message.startsWith(field) ? message : `${field} ${message}`;

const fieldFaults = (faults: ValidationError[]): FieldFault[] =>
  faults.flatMap(({ property, constraints }) =>
    Object.entries(constraints ?? {}).map(([rule, message]) => ({
      field: property,
      message: rule === 'whitelistValidation' ? `${property} is not a known field` : sentence(property, message),
    })),
  );

/** Bodies and queries against their DTO: unknown fields refused, nothing converted behind the caller's back. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (faults) => errors.validationFailed(fieldFaults(faults)),
  });
