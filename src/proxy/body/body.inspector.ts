import type { IncomingMessage } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { FieldValidator, type FieldRule } from './field.validator.js';
import { JsonScan } from './json.scan.js';
import { type MediaType, parseMediaType } from '../../http/media.type.js';
import { MultipartScan } from './multipart.scan.js';

/** RFC 2046 §5.1.1, without the space, at which readers differ. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=?-]{1,70}$/;

interface Syntax {
  readonly fault: string | undefined;
  push(chunk: Uint8Array): void;
  end(): void;
}

/** Reads one body by the rules as it passes, and says when it is refused. */
export class BodyInspector {
  private constructor(
    private readonly judge: FieldValidator,
    private readonly syntax: Syntax,
  ) {}

  /** Throws `media_type_unsupported` for a body that the upstream could read in another way than we do. */
  static of(request: IncomingMessage, rules: readonly FieldRule[]): BodyInspector {
    const judge = new FieldValidator(rules);
    const type = typeOf(request.rawHeaders);
    if (type?.essence !== 'multipart/form-data') return new BodyInspector(judge, new JsonScan(judge));
    const boundary = type.parameters.get('boundary') ?? '';
    if (!BOUNDARY.test(boundary)) throw errors.bodyTypeUnsupported('its boundary is not a plain one');
    return new BodyInspector(judge, new MultipartScan(boundary, judge));
  }

  /** Whether every ruled field was seen, and was allowed. */
  get isDecided(): boolean {
    return this.judge.isDecided && this.fault === undefined;
  }

  get fault(): ApiError | undefined {
    if (this.judge.fault) return this.judge.fault;
    return this.syntax.fault === undefined ? undefined : errors.bodyNotReadable(this.syntax.fault);
  }

  push(chunk: Uint8Array): ApiError | undefined {
    this.syntax.push(chunk);
    return this.fault;
  }

  /** To be called before the last byte is passed on: a body that lacks something is then never complete upstream. */
  end(): ApiError | undefined {
    this.syntax.end();
    if (this.syntax.fault === undefined) this.judge.end();
    return this.fault;
  }
}

/** The one reading of the content type; undefined when there is none. Whatever is no form is judged as JSON. */
function typeOf(rawHeaders: readonly string[]): MediaType | undefined {
  const codings = valuesOf(rawHeaders, 'content-encoding').join(',');
  if (!/^(?:[ \t,]*identity)*[ \t,]*$/i.test(codings)) throw errors.bodyTypeUnsupported('it is encoded');
  const values = valuesOf(rawHeaders, 'content-type');
  if (values.length === 0) return undefined;
  const type = values.length === 1 ? parseMediaType(values[0]!) : undefined;
  if (!type) throw errors.bodyTypeUnsupported('its content type cannot be understood');
  if (/^multipart\/(?!form-data$)|^application\/x-www-form-urlencoded$/.test(type.essence))
    throw errors.bodyTypeUnsupported('its content type is neither JSON nor form data');
  if (!/^(?:utf-?8|us-ascii)$/i.test(type.parameters.get('charset') ?? 'utf-8'))
    throw errors.bodyTypeUnsupported('its charset is not UTF-8');
  return type;
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name);
}
