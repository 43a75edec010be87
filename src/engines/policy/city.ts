import type { CityInfo, PlainDate } from '../../kernel/index.ts';
import { type Law, loadLaw, type Question } from './law.ts';

const loaded = new Map<boolean, Law>();

/**
 * The law of a city: with the pack of assumed sample values where the city was made with it, and with the notices that the
 * city added itself (folder MINDUN_LAW, see docs/reference/law-packs.md).
 */
export function lawOf(city: CityInfo): Law {
  let law = loaded.get(city.sampleLaw);
  if (law === undefined) {
    const own = process.env['MINDUN_LAW'] ?? '';
    law = loadLaw({ sample: city.sampleLaw, further: own === '' ? [] : [own] });
    loaded.set(city.sampleLaw, law);
  }
  return law;
}

/** The question for a day in this city: the place is the city's GB/T 2260 prefix. */
export function question(city: CityInfo, on: PlainDate, knownOn?: PlainDate): Question {
  return { place: city.code.slice(0, 4), on, ...(knownOn === undefined ? {} : { knownOn }) };
}
