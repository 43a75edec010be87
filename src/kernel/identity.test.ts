import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MindunError } from './errors.ts';
import {
  citizenCheck,
  citizenNumber,
  maskCitizenNumber,
  organisationCheck,
  organisationCode,
  unifiedCheck,
  unifiedCode,
} from './identity.ts';
import { epochDay, fromEpochDay, plainDate } from './time.ts';

const today = plainDate('2008-03-31');

function codeOf(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (error) {
    return error instanceof MindunError ? error.code : String(error);
  }
}

const person = fc
  .tuple(
    fc.integer({ min: epochDay(plainDate('1900-01-01')), max: epochDay(today) }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([birth, serial]) => {
    const date = fromEpochDay(birth);
    const body = `430499${date.replaceAll('-', '')}${String(serial).padStart(3, '0')}`;
    return { date, serial, number: body + citizenCheck(body) };
  });

describe('citizenNumber', () => {
  it('reads birth, sex and division', () => {
    expect(citizenNumber(' 43049919840905104x ', today)).toEqual({
      number: '43049919840905104X',
      birthDate: '1984-09-05',
      sex: 'female',
      division: '430499',
    });
  });

  it('lengthens fifteen digits', () => {
    expect(citizenNumber('430499571202101', today).number).toBe('430499195712021018');
  });

  it('names the first thing that is wrong', () => {
    const code = (text: string) => codeOf(() => citizenNumber(text, today));
    expect(code('43049919571202101')).toBe('format-wrong');
    expect(code('4304991957120210X8')).toBe('format-wrong');
    expect(code('430499195713021018')).toBe('birth-date-impossible');
    expect(code('430499570230101')).toBe('birth-date-impossible');
    expect(code('430499200804011018')).toBe('birth-date-future');
    expect(code('430499195712021017')).toBe('check-digit-wrong');
  });

  it('takes every number that is made by the rule', () => {
    fc.assert(
      fc.property(person, ({ date, serial, number }) => {
        const read = citizenNumber(number, today);
        expect(read.birthDate).toBe(date);
        expect(read.sex).toBe(serial % 2 === 1 ? 'male' : 'female');
        if (date < '2000') {
          const short = number.slice(0, 6) + number.slice(8, 17);
          expect(citizenNumber(short, today).number).toBe(number);
        }
      }),
    );
  });

  it('catches every single wrong digit and every swap of neighbours', () => {
    const place = fc.integer({ min: 0, max: 16 });
    fc.assert(
      fc.property(person, place, fc.integer({ min: 1, max: 9 }), ({ number }, at, step) => {
        const digit = (Number(number[at]) + step) % 10;
        const wrong = number.slice(0, at) + String(digit) + number.slice(at + 1);
        expect(codeOf(() => citizenNumber(wrong, today))).not.toBe('');
        const swapped = number.slice(0, at) + number[at + 1] + number[at] + number.slice(at + 2);
        if (swapped !== number) expect(codeOf(() => citizenNumber(swapped, today))).not.toBe('');
      }),
    );
  });

  it('masks the middle', () => {
    expect(maskCitizenNumber('430499195712021018')).toBe('4304**********1018');
  });
});

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const unified = fc
  .tuple(
    fc.integer({ min: 0, max: 999999 }),
    fc.array(fc.constantFrom(...alphabet), { minLength: 8, maxLength: 8 }),
  )
  .map(([division, eight]) => {
    const organisation = eight.join('') + organisationCheck(eight.join(''));
    const body = `91${String(division).padStart(6, '0')}${organisation}`;
    return { organisation, code: body + unifiedCheck(body) };
  });

describe('organisation and unified codes', () => {
  it('reads an organisation code with and without its hyphen', () => {
    const check = organisationCheck('D2143569');
    expect(check).toBe('X');
    expect(organisationCode('d2143569x')).toBe('D2143569-X');
    expect(organisationCode('D2143569-X')).toBe('D2143569-X');
    expect(codeOf(() => organisationCode('D2143569-1'))).toBe('organisation-check-wrong');
    expect(codeOf(() => organisationCode('D214356-X'))).toBe('format-wrong');
  });

  it('takes every unified code that is made by the rule, and its parts', () => {
    fc.assert(
      fc.property(unified, ({ organisation, code }) => {
        const read = unifiedCode(` ${code.toLowerCase()} `);
        expect(read.code).toBe(code);
        expect(read.registrar).toBe('9');
        expect(read.division).toBe(code.slice(2, 8));
        expect(read.organisationCode.replace('-', '')).toBe(organisation);
        expect(organisationCode(read.organisationCode)).toBe(read.organisationCode);
      }),
    );
  });

  it('catches every single wrong character', () => {
    fc.assert(
      fc.property(unified, fc.nat(16), fc.constantFrom(...alphabet), ({ code }, at, c) => {
        fc.pre(code[at] !== c);
        const wrong = code.slice(0, at) + c + code.slice(at + 1);
        expect(codeOf(() => unifiedCode(wrong))).not.toBe('');
      }),
    );
  });

  it('names the first thing that is wrong', () => {
    const code = fc.sample(unified, { numRuns: 1, seed: 1 })[0]!.code;
    expect(codeOf(() => unifiedCode(code.slice(1)))).toBe('format-wrong');
    expect(codeOf(() => unifiedCode(`I${code.slice(1)}`))).toBe('character-not-allowed');
    expect(codeOf(() => unifiedCode(`${code.slice(0, 4)}A${code.slice(5)}`))).toBe(
      'character-not-allowed',
    );
    const other = code[17] === '0' ? '1' : '0';
    expect(codeOf(() => unifiedCode(code.slice(0, 17) + other))).toBe('check-character-wrong');
    const ninth = code[16] === '0' ? '1' : '0';
    const body = code.slice(0, 16) + ninth;
    expect(codeOf(() => unifiedCode(body + unifiedCheck(body)))).toBe('organisation-check-wrong');
  });
});
