import type { Hono } from 'hono';
import { z } from 'zod';
import {
  passkeyChallenge,
  signIn,
  signInByPasskey,
  signInSecond,
  signOut,
  siteAt,
  stepUpChallenge,
} from '../../engines/access/index.ts';
import { type Actor, type House, MindunError, readInput } from '../../kernel/index.ts';
import { formLimit, jsonBody, wantJson } from './body.ts';
import { checkSite } from './csrf.ts';
import { apiLanguage } from './language.ts';
import { Visit } from './visit.ts';

const proofInput = z.union([
  z.object({ password: z.string().max(200) }),
  z.object({ code: z.string().max(40) }),
  z.object({ passkey: z.unknown() }),
]);

async function accountOf(house: House, actor: Actor): Promise<object> {
  return {
    id: actor.publicId,
    name: actor.name,
    kind: actor.kind,
    subject: actor.subject,
    permissions: await house.permissionsOf(actor),
    passwordTold: actor.passwordTold === true,
  };
}

/** Mounts signing in and out, and the proof that it is still the same one. */
export function mountAccess(app: Hono, house: House): void {
  app.post('/api/v1/access/sign-in', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    const { login, password } = ((await jsonBody(c)) ?? {}) as {
      login?: unknown;
      password?: unknown;
    };
    const answer = await signIn(
      house.store,
      String(login ?? ''),
      String(password ?? ''),
      visit.from,
    );
    if ('half' in answer) {
      visit.keepHalf(answer.half);
      return c.json({ second: true });
    }
    await visit.enter(answer.token);
    return c.json({ account: await accountOf(house, answer.actor) });
  });
  app.post('/api/v1/access/sign-in/second', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    const { code } = ((await jsonBody(c)) ?? {}) as { code?: unknown };
    const half = visit.half ?? '';
    const { token, actor } = await signInSecond(
      house.store,
      half,
      String(code ?? '').slice(0, 40),
      visit.from,
    );
    await visit.enter(token);
    return c.json({ account: await accountOf(house, actor) });
  });
  app.post('/api/v1/access/sign-in/passkey-options', formLimit, async (c) => {
    checkSite(c);
    wantJson(c);
    const visit = await Visit.open(c, house);
    return c.json(await passkeyChallenge(house.store, siteAt(visit.address), visit.from));
  });
  app.post('/api/v1/access/sign-in/passkey', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    const { answer } = ((await jsonBody(c)) ?? {}) as { answer?: unknown };
    const site = siteAt(visit.address);
    const { token, actor } = await signInByPasskey(house.store, answer, site, visit.from);
    await visit.enter(token);
    return c.json({ account: await accountOf(house, actor) });
  });
  mountSession(app, house);
}

function mountSession(app: Hono, house: House): void {
  app.get('/api/v1/access/ways', async (c) => {
    const visit = await Visit.open(c, house);
    return c.json({ provider: visit.provider !== undefined });
  });
  app.post('/api/v1/access/sign-out', formLimit, async (c) => {
    checkSite(c);
    wantJson(c);
    const visit = await Visit.open(c, house);
    if (visit.session !== undefined) await signOut(house.store, visit.session);
    visit.dropSession();
    return c.json({});
  });
  app.post('/api/v1/access/step-up/passkey', formLimit, async (c) => {
    checkSite(c);
    wantJson(c);
    const visit = await Visit.open(c, house);
    if (!visit.signedIn) throw new MindunError('sign-in-needed');
    return c.json(await stepUpChallenge(house.store, visit.actor, siteAt(visit.address)));
  });
  app.post('/api/v1/access/step-up', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    if (!visit.signedIn) throw new MindunError('sign-in-needed');
    await visit.stepUp(readInput(proofInput, await jsonBody(c)));
    return c.json({});
  });
  app.get('/api/v1/access/me', async (c) => {
    const visit = await Visit.open(c, house);
    if (!visit.signedIn) throw new MindunError('sign-in-needed');
    return c.json({ account: await accountOf(house, visit.actor), language: apiLanguage(c) });
  });
}
