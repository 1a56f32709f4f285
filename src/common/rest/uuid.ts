import { Injectable, type PipeTransform } from '@nestjs/common';
import { errors } from '../errors/errors.js';

/** RFC 9562 §4, versions 1 to 8, in any case. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export const isUuid = (text: string): boolean => UUID.test(text);

/** The beginning of an id, as tables show it: 8 characters or more, in any case. */
const ID_START = /^[0-9a-f]{8}[0-9a-f-]{0,28}$/i;

export const isIdStart = (text: string): boolean => ID_START.test(text);

/** Returns an id from a path in lower case. Throws 400 `invalid_id` for anything but a UUID. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw errors.invalidId();
    return value.toLowerCase();
  }
}
