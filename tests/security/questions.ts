import { bankFile, citizen, roster } from '../city/harness.ts';
import { type Asked, type Known, month, type Party, type Town } from './town.ts';

/** A parameter's or field's JSON Schema, as far as questions are made of it. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** An operation of the interface's own document. */
export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly open: boolean;
  readonly input: Schema;
}

interface Described {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

/** Every operation that the interface tells of itself. */
export async function operations(town: Town): Promise<readonly Operation[]> {
  const { text } = await town.ask('nobody', '/api/v1/openapi.json');
  const { paths } = JSON.parse(text) as {
    paths: Record<string, Record<'get' | 'post', Described>>;
  };
  return Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, described]) => ({
      id: described.operationId,
      method: verb === 'get' ? 'GET' : 'POST',
      path,
      open: described.security?.length === 0,
      input: inputOf(described),
    })),
  );
}

function inputOf({ parameters = [], requestBody }: Described): Schema {
  if (requestBody !== undefined) return requestBody.content['application/json']!.schema;
  const asked = parameters.filter((p) => p.in === 'query');
  return {
    type: 'object',
    properties: Object.fromEntries(asked.map((p) => [p.name, p.schema])),
    required: asked.filter((p) => p.required).map((p) => p.name),
  };
}

export type Pool = Readonly<Record<string, readonly unknown[]>>;

/** What may be typed under a name when it is meant to find what is known. */
export function pool(known: Known, party: Party): Pool {
  const content = roster(month, [
    { number: citizen(party.area === '430405' ? 7 : 9), wage: '1900', name: '新来的' },
  ]);
  const paid = bankFile([{ on: '2008-02-19', reference: 'RCPT-X-1', amount: '1.00' }]);
  return {
    employer: known.employers,
    of: known.employers,
    person: known.persons,
    keep: known.persons,
    merge: known.persons,
    number: known.persons,
    bill: known.bills,
    order: known.orders,
    code: [...known.papers, party.code],
    upload: known.uploads,
    receipt: known.receipts,
    login: known.logins,
    search: [party.code, party.name, party.number, party.person],
    area: [party.area],
    month: [month],
    months: [[month]],
    from: [month, '2008-02-20'],
    to: [month],
    payBy: ['2008-03-10'],
    until: ['2008-06-30'],
    day: ['2008-02-20'],
    last: ['2008-02-20'],
    fund: ['pension', 'medical', '1'],
    row: ['1', 'income', '1001'],
    reason: ['核对'],
    document: ['通知〔2008〕1号'],
    name: ['某某'],
    value: ['micro', '1'],
    wageFen: [200_000],
    amountFen: [100],
    injuryClass: [1],
    content: [content, paid],
    fileName: ['表.csv'],
    present: ['not the password'],
    password: ['not the password'],
    next: ['another long word'],
    feeMonth: [month],
    at: ['2008-02-21T09:00'],
    seed: [1],
    scale: [0.001],
    folder: ['/etc'],
    report: [{}],
    lang: ['zh'],
    purpose: ['own-matter'],
  };
}

export interface Question {
  readonly path: string;
  readonly asked: Asked;
}

const purpose = { 'Mindun-Purpose': 'counter-visit' };

/** Well-formed questions of an operation: every identifier in every place once. */
export function questions(operation: Operation, values: Pool): readonly Question[] {
  const variants = operation.input.oneOf ?? operation.input.anyOf ?? [operation.input];
  const all = variants
    .flatMap((schema) => inputs(schema, values))
    .map((input) => [JSON.stringify(input), asked(operation, input)] as const);
  return [...new Map(all).values()];
}

export function asked(operation: Operation, input: Readonly<Record<string, unknown>>): Question {
  if (operation.method === 'POST')
    return { path: operation.path, asked: { method: 'POST', body: input, headers: purpose } };
  const query = new URLSearchParams(
    Object.entries(input).map(([name, value]) => [name, String(value)]),
  );
  const ask = query.size === 0 ? operation.path : `${operation.path}?${query}`;
  return { path: ask, asked: { headers: purpose } };
}

/** As many inputs as the longest list of values for a field: each value is used; optional fields are left out once. */
function inputs(schema: Schema, values: Pool): readonly Record<string, unknown>[] {
  const fields = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  const of = ([name, field]: readonly [string, Schema]): readonly unknown[] => {
    if (field.const !== undefined) return [field.const];
    if (field.enum !== undefined) return field.enum;
    return values[name] ?? (field.type === 'boolean' ? [true, false] : []);
  };
  const most = Math.max(1, ...fields.map((f) => of(f).length));
  const made = Array.from({ length: most * 2 }, (_, i) => {
    const chosen = fields.flatMap(([name, field]) => {
      const list = of([name, field]);
      if (list.length === 0 || (i >= most && !required.has(name))) return [];
      return [[name, list[i % list.length]]];
    });
    return Object.fromEntries(chosen) as Record<string, unknown>;
  });
  // Whose papers: by one of several keys, each alone.
  const alone = fields
    .filter(([name]) => !required.has(name) && /^(employer|person|search|receipt|row)$/.test(name))
    .flatMap((field) => of(field).map((value) => ({ ...made[most]!, [field[0]]: value })));
  return [...made, ...alone];
}
