// Lints the OpenAPI document with every recommended rule of Redocly as an error, and rules of our own.
import { createConfig, lintFromString } from '@redocly/openapi-core';

const RULES = {
  'operation-description': 'error',
  'parameter-description': 'error',
  'tag-description': 'error',
  'no-invalid-schema-examples': 'error',
  'no-invalid-media-type-examples': 'error',
  'no-required-schema-properties-undefined': 'error',
  'operation-parameters-unique': 'error',
  'response-contains-header': 'off',
  // The health routes have no response of this class.
  'operation-4xx-response': 'off',
  'rule/operation-id': {
    subject: { type: 'Operation', property: 'operationId' },
    assertions: { defined: true, casing: 'camelCase' },
    message: 'Code generators make the names of methods from operation ids',
  },
  'rule/whole-numbers': {
    subject: { type: 'Schema' },
    where: [{ subject: { type: 'Schema', property: 'type' }, assertions: { defined: true, const: 'number' } }],
    assertions: { required: ['format', 'minimum'] },
    message: 'Numbers of this API are whole: use `integer()`, or `fraction()` where one is not',
  },
  'rule/bounds': {
    subject: { type: 'Schema' },
    where: [{ subject: { type: 'Schema', property: 'type' }, assertions: { defined: true, const: 'integer' } }],
    assertions: { required: ['minimum'] },
    message: 'A number has bounds: use `integer()`',
  },
  'rule/responses': {
    subject: { type: 'Response', property: 'description' },
    assertions: { defined: true, nonEmpty: true },
    message: 'A response has a description',
  },
};

/** One line for each fault of the document. */
export async function faultsOf(yaml) {
  const config = await createConfig({ extends: ['recommended-strict'], rules: RULES });
  const problems = await lintFromString({ source: yaml, absoluteRef: 'openapi.yaml', config });
  return problems.map(({ ruleId, message, location }) => `${location[0]?.pointer ?? ''} ${message} (${ruleId})`);
}
