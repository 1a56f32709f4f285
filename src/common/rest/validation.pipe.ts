import { type ArgumentMetadata, ValidationPipe, type ValidationPipeOptions } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { FieldError } from '../errors/api.error.js';
import { errors } from '../errors/errors.js';
import { HAS_SECRET } from './field.rules.js';
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

/** What people read, in lists and logs. */
const SHOWN_FIELDS: ReadonlySet<string> = new Set(['name', 'owner', 'note', 'labels']);
/** A shorter secret may be an ordinary word, which a name may have. */
const MIN_SECRET_LENGTH = 16;

class FieldPipe extends ValidationPipe {
  private readonly secrets: readonly string[];

  constructor(secrets: readonly string[], options: ValidationPipeOptions) {
    super(options);
    this.secrets = secrets.filter(({ length }) => length >= MIN_SECRET_LENGTH);
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const unknown = inheritedFields(value);
    if (unknown.length > 0) throw errors.validationFailed(unknown.map(unknownField));
    const result: unknown = await super.transform(value, metadata);
    if (metadata.type === 'body') this.assertNoSecret(result);
    if (metadata.type === 'query' && textsIn(result).some((text) => this.isTelling(text))) throw errors.secretInUrl();
    return result;
  }

  /** The secrets of the server are found without a form of their own. */
  private assertNoSecret(body: unknown): void {
    const fields = Object.entries(body ?? {}).filter(([field]) => SHOWN_FIELDS.has(field));
    const found = fields.filter(([, shown]) => textsIn(shown).some((text) => this.isTelling(text)));
    if (found.length === 0) return;
    throw errors.validationFailed(found.map(([field]) => ({ field, message: sentence(field, HAS_SECRET) })));
  }

  private isTelling(text: string): boolean {
    return this.secrets.some((secret) => text.includes(secret));
  }
}

/** A text, or the names and values of labels. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Object.entries(value ?? {}).flatMap((pair) => pair.map(String));

/**
 * Validates bodies and queries against their DTO. It refuses unknown fields and converts only what a DTO transforms itself.
 * `secrets` are those of the server: no name and no query has one.
 */
export const validationPipe = (secrets: readonly string[]): ValidationPipe =>
  new FieldPipe(secrets, {
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    exceptionFactory: (invalid) => errors.validationFailed(invalid.map(fieldError)),
  });
