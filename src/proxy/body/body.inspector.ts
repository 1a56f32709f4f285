import type { IncomingMessage } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { type MediaType, parseMediaType } from '../../http/media.type.js';
import { FieldValidator, type FieldRule } from './field.validator.js';
import { JsonScanner } from './json.scanner.js';
import { MultipartScanner } from './multipart.scanner.js';

/** RFC 2046 §5.1.1, without the space, which parsers treat differently. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=?-]{1,70}$/;

/** Finds the fields of a body in one syntax. */
interface Scanner {
  /** What is wrong with the syntax of the body. */
  readonly problem: string | undefined;
  push(chunk: Uint8Array): void;
  end(): void;
}

/** Checks one body against the rules while it streams. */
export class BodyInspector {
  private constructor(
    private readonly validator: FieldValidator,
    private readonly scanner: Scanner,
  ) {}

  /** Throws `media_type_unsupported` for a body that the upstream could read differently. */
  static of(request: IncomingMessage, rules: readonly FieldRule[]): BodyInspector {
    const validator = new FieldValidator(rules);
    const type = mediaTypeOf(request.rawHeaders);
    if (type?.essence !== 'multipart/form-data') return new BodyInspector(validator, new JsonScanner(validator));
    const boundary = type.parameters.get('boundary') ?? '';
    if (!BOUNDARY.test(boundary))
      throw errors.bodyTypeUnsupported('its boundary is missing or has an unsupported form');
    return new BodyInspector(validator, new MultipartScanner(boundary, validator));
  }

  /** True once every field with a rule was seen and allowed. */
  get isDecided(): boolean {
    return this.validator.isDecided && this.refusal === undefined;
  }

  get refusal(): ApiError | undefined {
    if (this.validator.refusal) return this.validator.refusal;
    return this.scanner.problem === undefined ? undefined : errors.bodyNotReadable(this.scanner.problem);
  }

  push(chunk: Uint8Array): ApiError | undefined {
    this.scanner.push(chunk);
    return this.refusal;
  }

  /** To be called before the last byte is forwarded, so that a body without a required field never reaches the upstream whole. */
  end(): ApiError | undefined {
    this.scanner.end();
    if (this.scanner.problem === undefined) this.validator.end();
    return this.refusal;
  }
}

/** The content type; undefined when there is none. Any type but form data is read as JSON. */
function mediaTypeOf(rawHeaders: readonly string[]): MediaType | undefined {
  const codings = valuesOf(rawHeaders, 'content-encoding').join(',');
  if (!/^(?:[ \t,]*identity)*[ \t,]*$/i.test(codings)) throw errors.bodyTypeUnsupported('it is encoded');
  const values = valuesOf(rawHeaders, 'content-type');
  if (values.length === 0) return undefined;
  const type = values.length === 1 ? parseMediaType(values[0]!) : undefined;
  if (!type) throw errors.bodyTypeUnsupported('its content type cannot be parsed');
  if (/^multipart\/(?!form-data$)|^application\/x-www-form-urlencoded$/.test(type.essence))
    throw errors.bodyTypeUnsupported('its content type is neither JSON nor form data');
  if (!/^(?:utf-?8|us-ascii)$/i.test(type.parameters.get('charset') ?? 'utf-8'))
    throw errors.bodyTypeUnsupported('its charset is not UTF-8');
  return type;
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name);
}
