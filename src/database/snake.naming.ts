import { DefaultNamingStrategy } from 'typeorm';

/** `createdAt` in code, `created_at` in the database. */
export class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, given: string | undefined): string {
    return given ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
