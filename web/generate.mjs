// Writes src/api/generated.ts from the operations table:   node generate.mjs OPENAPI.JSON [--check]
//
// OPENAPI.JSON is what `lazaret openapi` prints. --check compares instead, and fails where they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const target = join(dirname(fileURLToPath(import.meta.url)), 'src/api/generated.ts');

function typeOf(schema, indent = '') {
  if (!schema || Object.keys(schema).length === 0) return 'unknown';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return either.map((one) => typeOf(one, indent)).join(' | ');
  if (schema.allOf) return schema.allOf.map((one) => typeOf(one, indent)).join(' & ');
  const types = [schema.type ?? (schema.properties ? 'object' : 'unknown')].flat();
  return types.map((type) => plainType(type, schema, indent)).join(' | ');
}

function plainType(type, schema, indent) {
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'array': {
      const item = typeOf(schema.items, indent);
      return /[|&]/.test(item) ? `(${item})[]` : `${item}[]`;
    }
    case 'object':
      if (schema.properties) return objectType(schema, indent);
      return `Record<string, ${schema.additionalProperties ? typeOf(schema.additionalProperties, indent) : 'unknown'}>`;
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    default:
      return 'unknown';
  }
}

function objectType(schema, indent) {
  const required = new Set(schema.required ?? []);
  const inner = indent + '  ';
  const lines = Object.entries(schema.properties).map(([name, one]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${inner}${key}${required.has(name) ? '' : '?'}: ${typeOf(one, inner)};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function operationsOf(document) {
  const found = [];
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation?.operationId) found.push({ path, method: method.toUpperCase(), ...operation });
    }
  }
  return found.filter((operation) => operation['x-cli'] || operation.operationId.startsWith('session.'));
}

function inputOf(operation) {
  const parameters = (operation.parameters ?? []).filter((one) => one.in !== 'header');
  const body = operation.requestBody?.content?.['application/json']?.schema;
  const schema = { type: 'object', properties: {}, required: [] };
  for (const one of parameters) {
    schema.properties[one.name] = one.schema;
    if (one.required) schema.required.push(one.name);
  }
  Object.assign(schema.properties, body?.properties ?? {});
  schema.required.push(...(body?.required ?? []));
  if (Object.keys(schema.properties).length === 0) return 'Record<string, never>';
  const text = typeOf(schema, '  ');
  return body?.additionalProperties ? `${text} & Record<string, unknown>` : text;
}

function outputOf(operation) {
  const good = Object.entries(operation.responses).find(([status]) => status.startsWith('2'));
  const schema = good?.[1].content?.['application/json']?.schema;
  return schema ? typeOf(schema) : 'string';
}

function routeOf(operation) {
  const names = (where) => (operation.parameters ?? []).filter((one) => one.in === where).map((one) => one.name);
  return JSON.stringify({
    method: operation.method,
    path: operation.path,
    query: names('query'),
    scope: operation['x-scope'],
    cli: operation['x-cli'] ?? '',
  });
}

function whole(document) {
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) =>
    schema.type === 'object' && schema.properties
      ? `export interface ${name} ${typeOf(schema)}`
      : `export type ${name} = ${typeOf(schema)};`,
  );
  const operations = operationsOf(document);
  const key = (operation) => `  ${JSON.stringify(operation.operationId)}`;
  return [
    '// Generated from the operations table by web/generate.mjs. Do not edit: scripts/web-types writes it anew.',
    '',
    schemas.join('\n\n'),
    '',
    `export interface Inputs {\n${operations.map((one) => `${key(one)}: ${inputOf(one)};`).join('\n')}\n}`,
    '',
    `export interface Outputs {\n${operations.map((one) => `${key(one)}: ${outputOf(one)};`).join('\n')}\n}`,
    '',
    `export const eventKinds: readonly string[] = ${JSON.stringify(document.components.schemas.Event.properties.kind['x-kinds'])};`,
    '',
    'export interface Route {\n  method: string;\n  path: string;\n  query: string[];\n  scope: string;\n  cli: string;\n}',
    '',
    `export const routes: Record<keyof Inputs, Route> = {\n${operations.map((one) => `${key(one)}: ${routeOf(one)},`).join('\n')}\n};`,
    '',
  ].join('\n');
}

const text = whole(JSON.parse(readFileSync(process.argv[2], 'utf8')));
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('web/src/api/generated.ts is not what the operations table says: run scripts/web-types');
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
