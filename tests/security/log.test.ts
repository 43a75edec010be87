import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openLog } from '../../src/kernel/index.ts';
import { roster } from '../city/harness.ts';
import { a, b, month, openApp, openTown, overSocket, password, type Town } from './town.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mindun-log-'));
const file = path.join(folder, 'mindun.log');
let town: Town;
beforeAll(async () => {
  town = await openTown(openLog(file));
});
afterAll(async () => {
  await town?.site.close();
  rmSync(folder, { recursive: true, force: true });
});

const headers = { 'Mindun-Purpose': 'own-matter' };
const wrongPassword = 'wrong horse battery';
const newPassword = 'four unrelated words';

/** What a day brings: signing in and failing to, records, rosters, papers, refusals, a new password. */
async function journey(): Promise<void> {
  const { site } = town;
  const signIn = (login: string, word: string) =>
    overSocket(town, 'nobody', '/api/v1/access/sign-in', { body: { login, password: word } });
  await signIn(b.number, wrongPassword);
  await signIn(a.number, password);
  const record = '/api/v1/insurance/record';
  await overSocket(town, 'person', record, { body: { person: a.number }, headers });
  await overSocket(town, 'person', `${record}?person=${b.number}`, { headers });
  await overSocket(town, 'clerk', `/api/v1/registry/persons?search=${a.number}`, { headers });
  const content = roster(month, [{ number: a.number, wage: '1', name: a.person }]);
  const body = { employer: a.code, month, full: true, content };
  await overSocket(town, 'employer', '/api/v1/insurance/declare', { body });
  await overSocket(town, 'employer', '/api/v1/insurance/declare', {
    body: { ...body, content: 'x' },
  });
  for (const code of [...town.of.a.papers, ...town.of.b.papers])
    await overSocket(town, 'nobody', `/check/${code}`);
  for (const page of ['/', '/record', '/looks', '/record/certificate', '/password', '/nowhere'])
    await fetch(`${site.base}${page}`, { headers: { Cookie: town.cookies.person } });
  const change = { present: password, next: newPassword };
  await overSocket(town, 'auditor', '/api/v1/access/account/change-password', { body: change });
}

describe('secrets and persons', () => {
  it('stand in no line of the log after a day’s work, not even in the line of a fault', async () => {
    const log = openLog(file);
    log.info('served', { path: '/api/v1' });
    await journey();
    // What a fault of ours leaves behind: the error's own words may hold a person's data.
    const fault = new Error(
      `no row for ${a.number} ${a.person} ${password} ${town.cookies.person}`,
    );
    const failing = Object.create(town.site.city.house, {
      call: { value: () => Promise.reject(fault) },
    }) as House;
    const app = openApp(failing, log);
    const code = town.of.a.papers[0]!;
    const record = `/api/v1/insurance/record?person=${a.number}`;
    for (const where of [`/check/${code}`, '/record', record, `/record/certificate/${code}.pdf`]) {
      const answer = await app.request(where, { headers: { Cookie: town.cookies.person } });
      expect([where, answer.status]).toEqual([where, 500]);
      expect(await answer.text()).not.toContain(a.number);
    }
    const text = readFileSync(file, 'utf8');
    expect(text.trim().split('\n').length).toBe(5);
    expect(text).toContain('"path":"/check/:code"');
    const tokens = Object.values(town.cookies)
      .filter((c) => c !== '')
      .map((c) => c.split('=')[1]!);
    expect(tokens).toHaveLength(6);
    const secrets = [password, wrongPassword, newPassword, ...tokens];
    const persons = [
      a.number,
      b.number,
      a.person,
      b.person,
      ...town.of.a.papers,
      ...town.of.b.papers,
    ];
    for (const secret of [...secrets, ...persons])
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    expect(text).not.toMatch(/\d{17}[\dX]/);
  });

  it('stand in no address that a page leads to', async () => {
    const seen = new Set<string>();
    for (const [actor, start] of [
      ['employer', '/employer'],
      ['employer', '/employer/roster'],
      ['employer', `/employer/bill/${month}`],
      ['employer', '/employer/certificates'],
    ] as const) {
      const { text } = await overSocket(town, actor, start);
      for (const [, link] of text.matchAll(/(?:href|action)="([^"]*)"/g)) seen.add(link!);
    }
    expect(seen.size).toBeGreaterThan(10);
    const tokens = Object.values(town.cookies).flatMap((c) => c.split('=').slice(1));
    for (const link of seen)
      for (const secret of [...tokens, password, a.number, a.person])
        expect([link, link.includes(secret)]).toEqual([link, false]);
  });

  it('come back in no refusal: a citizen number is shortened, a password never said', async () => {
    const asked = { person: b.number };
    const answer = await overSocket(town, 'employer', '/api/v1/insurance/certificate/issue', {
      body: { ...asked, from: month, to: month },
      headers,
    });
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain(b.number);
    const body = { login: a.code, password: { word: wrongPassword } };
    const refused = await overSocket(town, 'nobody', '/api/v1/access/sign-in', { body });
    expect([refused.status, refused.text.includes(wrongPassword)]).toEqual([401, false]);
  });
});
