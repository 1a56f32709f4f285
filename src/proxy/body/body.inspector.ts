import type { IncomingMessage } from 'node:http';
import type { ApiError } from '../../common/errors/api.error.js';
import { errors } from '../../common/errors/errors.js';
import { type MediaType, parseMediaType } from '../../http/media.type.js';
import { valuesOf } from '../../http/header.rules.js';
import { decoderFor } from './content.coding.js';
import { DecodingInspector } from './decoding.inspector.js';
import { FieldValidator, type FieldRule } from './field.validator.js';
import type { BodyInspector } from './inspected.js';
import { JsonScanner } from './json.scanner.js';
import { MultipartScanner } from './multipart.scanner.js';
import { ScanningInspector } from './scanning.inspector.js';

/** RFC 2046 §5.1.1, without the space, which parsers treat differently. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=?-]{1,70}$/;

/** The inspector of one body. Throws `media_type_unsupported` for a body that the upstream could read differently. */
export function inspectorOf({ rawHeaders }: IncomingMessage, rules: readonly FieldRule[]): BodyInspector {
  const validator = new FieldValidator(rules);
  const type = mediaTypeOf(valuesOf(rawHeaders, 'content-type'));
  const scanner =
    type?.essence === 'multipart/form-data'
      ? new MultipartScanner(boundaryOf(type), validator)
      : new JsonScanner(validator);
  const inspector = new ScanningInspector(validator, scanner);
  const decoder = decoderFor(valuesOf(rawHeaders, 'content-encoding').join(','));
  return decoder ? new DecodingInspector(decoder, inspector) : inspector;
}

function boundaryOf({ parameters }: MediaType): string {
  const boundary = parameters.get('boundary') ?? '';
  if (BOUNDARY.test(boundary)) return boundary;
  throw unsupported('its boundary is missing or has an unsupported form');
}

/** The content type; undefined when there is none. Any type but form data is read as JSON. */
function mediaTypeOf(values: readonly string[]): MediaType | undefined {
  if (values.length === 0) return undefined;
  const type = values.length === 1 ? parseMediaType(values[0]!) : undefined;
  if (!type) throw unsupported('its content type cannot be parsed');
  if (/^multipart\/(?!form-data$)|^application\/x-www-form-urlencoded$/.test(type.essence))
    throw unsupported('its content type is neither JSON nor form data');
  if (!/^(?:utf-?8|us-ascii)$/i.test(type.parameters.get('charset') ?? 'utf-8'))
    throw unsupported('its charset is not UTF-8');
  return type;
}

const unsupported = (why: string): ApiError => errors.bodyTypeUnsupported(why);
