import { z } from 'zod';
import { purposes, registered } from '../../kernel/index.ts';
import { reports } from '../../services/insurance/index.ts';
import { workbookType } from './file.ts';
import { issuedPapers } from './issued.ts';

/** JSON Schema of an object, as far as the door reads it. */
export interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
  readonly required?: readonly string[];
}

type Definition = ReturnType<ReturnType<typeof registered>['get']> & object;

/** The JSON Schema of a command's or query's input. */
export function inputSchema(definition: Definition): ObjectSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(definition.input, {
    io: 'input',
    unrepresentable: 'any',
  });
  return schema as ObjectSchema;
}

/** insurance.certificate.issue → /api/v1/insurance/certificate/issue */
export function apiPath(name: string): string {
  return `/api/v1/${name.replaceAll('.', '/')}`;
}

const refusal = {
  description: 'Refused',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } },
};
const answer = {
  description: 'Done',
  content: { 'application/json': { schema: { type: 'object' } } },
};

function header(name: string, description: string, schema: object = { type: 'string' }): object {
  return { name, in: 'header', required: false, schema, description };
}

function common(definition: Definition): object {
  return {
    operationId: definition.name,
    summary: definition.title.en,
    description: definition.title.zh,
    tags: [definition.name.split('.')[0]!],
    ...(definition.open === true ? { security: [] } : {}),
    responses: { 200: answer, default: refusal },
  };
}

const purposeCode = { type: 'string', enum: Object.keys(purposes) };
const purpose = header(
  'Mindun-Purpose',
  'What the data is needed for, a code of the list; wanted for personal data',
  purposeCode,
);

const matter = header(
  'Mindun-Matter',
  'The matter that the purposes open-matter and emergency belong to',
  { type: 'string', maxLength: 60 },
);
const actsFor = header('Mindun-For', 'Of a person who acts for another: whose file is meant', {
  type: 'string',
  maxLength: 60,
});

/** A command, or a query whose input goes in the body. */
function posted(definition: Definition): object {
  const schema = inputSchema(definition);
  const body = { required: true, content: { 'application/json': { schema } } };
  if (definition.kind === 'query') {
    return {
      ...common(definition),
      operationId: `${definition.name}.post`,
      parameters: [purpose, matter, actsFor],
      requestBody: body,
    };
  }
  const key = header('Idempotency-Key', 'The same key and input run once');
  return { ...common(definition), parameters: [key, purpose, matter, actsFor], requestBody: body };
}

/** A query whose input stands in the address. */
function asked(definition: Definition): object {
  const schema = inputSchema(definition);
  const parameters = Object.entries(schema.properties ?? {}).map(([name, of]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: of,
  }));
  return { ...common(definition), parameters: [...parameters, purpose, matter, actsFor] };
}

const lang = { name: 'lang', in: 'query', required: false, schema: { enum: ['zh', 'en'] } };
const stated = { name: 'purpose', in: 'query', required: false, schema: purposeCode };

/** An answer's address as a file: the query's own input, and what a link cannot send as a header. */
function paperOperation(
  definition: Definition,
  ending: string,
  type: string,
  more: object,
): object {
  const { parameters, ...query } = asked(definition) as { parameters: object[] };
  return {
    ...query,
    operationId: `${definition.name}.${ending}`,
    parameters: [...parameters, more],
    responses: {
      200: {
        description: 'Done',
        content: { [type]: { schema: { type: 'string', format: 'binary' } } },
      },
      default: refusal,
    },
  };
}

function fixed(id: string, summary: string, open: boolean, more: object = {}): object {
  return {
    operationId: id,
    summary,
    tags: ['access'],
    security: open ? [] : [{ session: [] }],
    responses: { 200: answer, default: refusal },
    ...more,
  };
}

/** A body whose fields are all wanted. */
function jsonOf(properties: Readonly<Record<string, object>>): object {
  const schema = { type: 'object', properties, required: Object.keys(properties) };
  return { requestBody: { required: true, content: { 'application/json': { schema } } } };
}

const signInBody = jsonOf({ login: { type: 'string' }, password: { type: 'string' } });

const proofBody = {
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: {
            password: { type: 'string' },
            code: { type: 'string' },
            passkey: { type: 'object' },
          },
        },
      },
    },
  },
};

const errors = {
  type: 'object',
  required: ['errors'],
  properties: {
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'message', 'mend'],
        properties: {
          code: { type: 'string' },
          message: { type: 'string' },
          mend: { type: 'string' },
          line: { type: 'integer' },
          column: { type: 'string' },
          value: { type: 'string' },
        },
      },
    },
  },
};

const accessPaths: Readonly<Record<string, object>> = {
  '/api/v1/access/sign-in': {
    post: fixed(
      'access.sign-in',
      'Sign in: the answer sets the session cookie, or says that a second step is wanted',
      true,
      signInBody,
    ),
  },
  '/api/v1/access/sign-in/second': {
    post: fixed(
      'access.sign-in.second',
      'The second step of an account with one-time codes: a code, or a recovery code',
      true,
      jsonOf({ code: { type: 'string' } }),
    ),
  },
  '/api/v1/access/sign-in/passkey-options': {
    post: fixed(
      'access.sign-in.passkey-options',
      'What a browser signs in by with a passkey',
      true,
    ),
  },
  '/api/v1/access/sign-in/passkey': {
    post: fixed(
      'access.sign-in.passkey',
      'Sign in with a passkey: what the browser answered to the options',
      true,
      jsonOf({ answer: { type: 'object' } }),
    ),
  },
  '/api/v1/access/step-up/passkey': {
    post: fixed('access.step-up.passkey', 'What a browser proves by with a passkey', false),
  },
  '/api/v1/access/step-up': {
    post: fixed(
      'access.step-up',
      'Prove anew that it is you, by one of the three: for ten minutes what is refused with step-up-needed is done',
      false,
      proofBody,
    ),
  },
  '/api/v1/access/ways': {
    get: fixed('access.ways', 'Whether staff may sign in by the bureau’s own provider', true),
  },
  '/api/v1/access/sign-out': { post: fixed('access.sign-out', 'Sign out', true) },
  '/api/v1/access/me': { get: fixed('access.me', 'Who is signed in', false) },
};

/** The OpenAPI 3.1 document of every command and query that is registered. */
export function openApi(version: string): object {
  const names = [...registered().values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const paths: Record<string, object> = { ...accessPaths };
  for (const definition of names) {
    paths[apiPath(definition.name)] = {
      ...(definition.kind === 'query' ? { get: asked(definition) } : {}),
      post: posted(definition),
    };
    const report = reports[definition.name] !== undefined;
    if (report) {
      paths[`${apiPath(definition.name)}.xlsx`] = {
        get: paperOperation(definition, 'xlsx', workbookType, lang),
      };
    }
    if (report || issuedPapers[definition.name] !== undefined) {
      paths[`${apiPath(definition.name)}.pdf`] = {
        get: paperOperation(definition, 'pdf', 'application/pdf', report ? lang : stated),
      };
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Mindun', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    security: [{ session: [] }, { key: [] }],
    paths,
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'mindun',
          description: 'Set by access.sign-in; behind TLS its name is __Host-mindun',
        },
        key: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'mk_…',
          description:
            'An employer’s API key, made by its principal on /employer/keys: for the parts that were chosen, never together with the session cookie. Mindun-Purpose is own-matter when it is left out.',
        },
      },
      schemas: { Errors: errors },
    },
  };
}
