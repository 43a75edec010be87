import { z } from 'zod';
import { areaWithin } from '../../engines/jurisdiction/index.ts';
import { defineQuery, type Moment, type QueryContext, type Text } from '../../kernel/index.ts';

export interface CityNow {
  readonly code: string;
  readonly name: Text;
  readonly kind: 'live' | 'simulated';
  /** Business time: the clock of a simulated city, the wall in a live one. */
  readonly at: Moment;
  /** The area that a signed-in member of staff works for; null for everybody else. */
  readonly area: { readonly code: string; readonly name: string } | null;
}

/** The city, its business time, and whose area the asker works for. Open: every page shows the time. */
export const nowQuery = defineQuery({
  name: 'city.now',
  title: { zh: '城市和业务时间', en: 'The city and its business time' },
  input: z.object({}),
  open: true,
  async run(context): Promise<CityNow> {
    const { code, name, kind } = context.city;
    return { code, name, kind, at: context.at, area: await areaOf(context) };
  },
});

async function areaOf(context: QueryContext): Promise<CityNow['area']> {
  const { areaLo, areaHi } = context.caller.actor.reach;
  if (areaLo === undefined || areaHi === undefined) return null;
  const area = await areaWithin(context.tx, areaLo, areaHi, context.today);
  return area === undefined ? null : { code: area.code, name: area.name };
}
