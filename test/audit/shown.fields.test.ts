import { describe, expect, it } from 'vitest';
import { NOT_SHOWN_OF_OPERATOR, SHOWN_OF_OPERATOR } from '../../src/operator/operator.audit.js';
import { OperatorView } from '../../src/operator/operator.view.js';
import { NOT_SHOWN_OF_PROJECT, SHOWN_OF_PROJECT } from '../../src/project/project.audit.js';
import type { ProjectEntity } from '../../src/project/project.entity.js';
import { ProjectView } from '../../src/project/project.view.js';
import { NOT_SHOWN_OF_TOKEN, SHOWN_OF_TOKEN } from '../../src/token/token.audit.js';
import { TokenView } from '../../src/token/token.view.js';

/** The fields of a view, as the OpenAPI document has them. */
function fieldsOf({ prototype }: { prototype: object }): string[] {
  const named = Reflect.getMetadata('swagger/apiModelPropertiesArray', prototype) as string[];
  return named.map((name) => name.slice(1)).toSorted();
}

describe('the audit log', () => {
  it.each([
    ['token', TokenView, SHOWN_OF_TOKEN, NOT_SHOWN_OF_TOKEN],
    ['project', ProjectView, SHOWN_OF_PROJECT, NOT_SHOWN_OF_PROJECT],
    ['operator', OperatorView, SHOWN_OF_OPERATOR, NOT_SHOWN_OF_OPERATOR],
  ])('decides for each field of a %s whether it shows it', (_name, view, shown, notShown) => {
    expect([...Object.keys(shown), ...notShown].toSorted()).toEqual(fieldsOf(view));
  });

  it('shows no user name and password of a base URL', () => {
    const shown = (baseUrl: string | null) => SHOWN_OF_PROJECT['base_url']!({ baseUrl } as ProjectEntity);
    expect(shown('https://ada:secret@host/prefix')).toBe('https://host/prefix');
    expect([shown('https://host'), shown(null)]).toEqual(['https://host', null]);
  });
});
