import { MindunError } from '../../../kernel/index.ts';
import type { Visit } from '../../http/visit.ts';
import { homeOf, ownPath } from './sign-in.tsx';

const back = '/sign-in/provider/callback';

/** Sends the browser to the bureau's own provider; `?again=1` makes it ask anew who sits there. @throws MindunError provider-missing, provider-away */
export async function providerPage(visit: Visit): Promise<Response> {
  const { provider, address, house, from, c } = visit;
  if (provider === undefined) throw new MindunError('provider-missing');
  const { address: there, state } = await provider.begin(house.store, from, {
    back: `${address}${back}`,
    next: ownPath(c.req.query('next') ?? ''),
    fresh: c.req.query('again') === '1',
  });
  visit.keepProviderState(state);
  return c.redirect(there, 303);
}

/** The browser comes back from the provider. */
export async function providerCallback(visit: Visit): Promise<Response> {
  const { provider, address, house, from, c } = visit;
  if (provider === undefined) throw new MindunError('provider-missing');
  const kept = visit.providerState;
  visit.keepProviderState(null);
  const came = new URL(`${address}${back}${new URL(c.req.url).search}`);
  const { token, actor, next } = await provider.end(house.store, from, came, kept);
  await visit.enter(token);
  // Staff work at the desk.
  const home = homeOf(actor) === '/' ? '/desk' : homeOf(actor);
  return c.redirect(next === '' ? home : next, 303);
}
