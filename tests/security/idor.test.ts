import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Operation,
  operations,
  type Pool,
  pool,
  type Question,
  questions,
} from './questions.ts';
import {
  type ActorName,
  type Answered,
  a,
  actorNames,
  b,
  identityOfB,
  openTown,
  type Town,
  told,
} from './town.ts';

let town: Town;
beforeAll(async () => {
  town = await openTown();
});
afterAll(async () => town?.site.close());

/** Whoever holds a paper reads by its code what is printed on it: of a person neither the whole name nor the number. */
function ofItsPaper(id: string, answer: Answered, found: readonly string[]): readonly string[] {
  if (!/^insurance\.certificate(\.post)?$/.test(id) || answer.status !== 200) return found;
  const { b: of } = town.of;
  return found.filter((s) => ![b.name, ...of.employers, ...of.bills].includes(s));
}

/**
 * What is of `b`; and of `b` the one half of a question, of the asker's own the other. An employer's head office may lie in another
 * county: its name, which the business register makes public, is told to who links it (`of`).
 */
function pools(): readonly Pool[] {
  const theirs = { ...pool(town.of.b, b), of: [a.code] };
  const { employers, persons } = town.of.a;
  return [
    theirs,
    { ...theirs, employer: employers },
    { ...theirs, person: persons, keep: persons },
  ];
}

/** Each question of all pools once. */
function asking(operation: Operation): readonly Question[] {
  const all = pools().flatMap((values) => questions(operation, values));
  return [...new Map(all.map((q) => [JSON.stringify(q), q])).values()];
}

const pages = (): readonly string[] => {
  const { b: of } = town.of;
  return [
    ...of.papers.flatMap((code) => [
      `/employer/bill/${code}.pdf`,
      `/employer/certificates/${code}.pdf`,
      `/record/certificate/${code}.pdf`,
    ]),
    ...of.uploads.flatMap((id) => [`/employer/roster/${id}`, `/employer/roster/${id}/marked.xlsx`]),
    ...of.employers.flatMap((id) => [
      `/employer?employer=${id}`,
      `/employer/bill/2008-01?employer=${id}`,
      `/employer/certificates?employer=${id}`,
    ]),
    ...of.persons.flatMap((id) => [
      `/record?person=${id}`,
      `/record/certificate?person=${id}`,
      `/looks?person=${id}`,
    ]),
  ];
};

describe('what is of others', () => {
  it('is not opened by a number alone: a clerk who adds somebody he does not see must name him', async () => {
    const added = { employer: a.code, months: ['2008-01'], change: 'adds', wageFen: 200_000 };
    const headers = { 'Mindun-Purpose': 'counter-visit' };
    const add = async (more: object): Promise<string> => {
      const body = { ...added, reason: '漏报', document: '通知〔2008〕1号', ...more };
      const answer = await town.ask('clerk', '/api/v1/insurance/correct-roster', { body, headers });
      expect(told(town, 'clerk', answer, JSON.stringify(body))).toEqual([]);
      return (JSON.parse(answer.text) as { errors: { code: string }[] }).errors[0]!.code;
    };
    expect(await add({ person: b.number })).toBe('person-needs-name');
    expect(await add({ person: town.of.b.persons.at(-1) })).toBe('unknown-person');
    expect(await add({ person: b.number, name: '某某' })).toBe('name-of-another');
  });

  it('is told by no operation of the interface, whoever asks for it', async () => {
    const leaks: string[] = [];
    const answered = new Map<ActorName, number>();
    const before = await ofB();
    const all = await operations(town);
    for (const operation of all)
      for (const { path, asked } of asking(operation))
        await Promise.all(
          actorNames.map(async (actor) => {
            const answer = await town.ask(actor, path, asked);
            const said = `${path} ${JSON.stringify(asked)}`;
            const found = ofItsPaper(operation.id, answer, told(town, actor, answer, said));
            if (found.length > 0 || answer.status >= 500)
              leaks.push(`${actor} ${said}: ${answer.status} ${found.join(', ')}`);
            if (answer.status === 200) answered.set(actor, (answered.get(actor) ?? 0) + 1);
            if (operation.id === 'access.sign-out') await town.signIn(actor);
          }),
        );
    expect(leaks).toEqual([]);
    expect(all.length).toBeGreaterThan(100);
    // Each was somebody, not nobody five times.
    for (const actor of actorNames) expect(answered.get(actor), actor).toBeGreaterThan(5);
    expect(await ofB()).toEqual(before);
  });

  it('is found by who may see it: the same questions answer the operator', async () => {
    const { city } = town.site;
    const bill = await city.run('insurance.bill', { employer: b.code, month: '2008-01' });
    expect(JSON.stringify(bill)).toContain(b.name);
    const record = await city.run('insurance.record', { person: b.number });
    expect(JSON.stringify(record)).toContain(b.person);
    expect(identityOfB(town, 'clerk').length).toBeGreaterThan(20);
  });

  it('is on no page of the portal, whatever its address names', async () => {
    for (const actor of actorNames)
      for (const path of pages()) {
        const answer = await town.ask(actor, path);
        const seen = told(town, actor, answer, path);
        expect([actor, path, seen]).toEqual([actor, path, []]);
        expect(answer.status, path).toBeLessThan(500);
        expect(answer.type, path).not.toMatch(/pdf|sheet/);
      }
  });

  it('without a log-in is refused as JSON by every operation that is not open', async () => {
    let closed = 0;
    for (const operation of await operations(town))
      for (const method of operation.open ? [] : [operation.method]) {
        const body = method === 'POST' ? { body: {} } : {};
        const answer = await town.ask('nobody', operation.path, { method, ...body });
        expect([operation.id, answer.status]).toEqual([operation.id, 401]);
        expect(answer.type).toMatch(/^application\/json/);
        expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ code: 'sign-in-needed' }] });
        closed += 1;
      }
    expect(closed).toBeGreaterThan(80);
  });
});

/** What is written of `b` and could be changed. */
function ofB(): Promise<unknown[]> {
  const employer = `(select employer_id from employer_code where code = '${b.code}')`;
  return town.rows(
    `select (select json_agg(t order by id) from bill t where employer_id = ${employer}) as bills,
       (select json_agg(t order by id) from declaration t where employer_id = ${employer}) as declarations,
       (select json_agg(t order by id) from pay_order t where employer_id = ${employer}) as orders,
       (select json_agg(t order by id) from deferral t where employer_id = ${employer}) as deferrals,
       (select json_agg(t order by id) from employer_fact t where employer_id = ${employer}) as facts,
       (select json_agg(t order by id) from certificate t where employer_id = ${employer}) as papers,
       (select json_agg(json_build_object('id', id, 'ended', ended, 'hash', password_hash) order by id)
          from account where employer_id = ${employer} or login = '${b.number}') as accounts,
       (select json_agg(t order by id) from person_fact t where number = '${b.number}') as person`,
  );
}
