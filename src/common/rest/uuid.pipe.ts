import { Injectable, type PipeTransform } from '@nestjs/common';
import { errors } from '../errors/errors.js';
import { isUuid } from '../values/uuid.js';

/** An id from a path: a UUID in lower case, or 400 `invalid_id`. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw errors.invalidId();
    return value.toLowerCase();
  }
}
