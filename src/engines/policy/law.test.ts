import { describe, expect, it } from 'vitest';
import { plainDate } from '../../kernel/index.ts';
import { Law, loadLaw, type PackEntry, type Parameter, type Version } from './law.ts';

type Dated = NonNullable<PackEntry['versions']>[number];

function entry(...versions: Partial<Dated>[]): PackEntry {
  return {
    id: 'test.rate',
    zh: '试验费率',
    en: 'Test rate',
    unit: 'ratio',
    unset: '试验办法',
    versions: versions.map((v) => ({
      from: '2000-01-01',
      value: '1',
      document: '试验',
      article: '',
      confidence: 'found',
      ...v,
    })),
  };
}

const none = new Law([]);
const on = (date: string, more: { place?: string; knownOn?: string } = {}) => ({
  place: more.place ?? '4304',
  on: plainDate(date),
  ...(more.knownOn === undefined ? {} : { knownOn: plainDate(more.knownOn) }),
});

function assumedParameter(value: string): Parameter {
  const version: Version = {
    parameter: 'test.rate',
    place: '4304',
    from: plainDate('2000-01-01'),
    to: null,
    published: null,
    value,
    table: null,
    document: '示例',
    article: '',
    confidence: 'memory-low',
    assumed: true,
    provisional: false,
  };
  return {
    id: 'test.rate',
    label: { zh: '', en: '' },
    unit: 'ratio',
    unset: '',
    versions: [version],
  };
}

describe('Law.version', () => {
  it('answers on the first and the last day, not around them', () => {
    const law = none.overlay([entry({ from: '2008-01-01', to: '2008-12-31' })], '');
    expect(law.version('test.rate', on('2008-01-01')).value).toBe('1');
    expect(law.version('test.rate', on('2008-12-31')).value).toBe('1');
    expect(law.isSet('test.rate', on('2007-12-31'))).toBe(false);
    expect(law.isSet('test.rate', on('2009-01-01'))).toBe(false);
  });

  it('names the document that is missing', () => {
    const law = none.overlay([entry({ to: '2000-12-31' })], '');
    expect(() => law.version('test.rate', on('2008-03-31'))).toThrow(/parameter-unset/);
    expect(law.missing('test.rate')).toBe('试验办法');
    expect(() => none.version('no.such', on('2008-03-31'))).toThrow(/parameter-unset/);
  });

  it('prefers the nearer place, and never another one', () => {
    const law = none
      .overlay([entry({ value: '1' })], '')
      .overlay([entry({ value: '43' })], '43')
      .overlay([entry({ value: '4304' })], '4304');
    const at = (place: string) => law.version('test.rate', on('2008-03-31', { place })).value;
    expect([at('430401'), at('4304'), at('4305'), at('11')]).toEqual(['4304', '4304', '43', '1']);
  });

  it('lays over a copy: the law below stays as it was', () => {
    const below = none.overlay([entry({ value: '1' })], '');
    const over = below.overlay([entry({ value: '2' })], '43');
    expect(over.version('test.rate', on('2008-03-31')).value).toBe('2');
    expect(below.version('test.rate', on('2008-03-31')).value).toBe('1');
  });

  it('does not see what was published after the day of knowledge', () => {
    const late = { from: '2008-01-01', published: '2008-05-20', value: '2' };
    const law = none.overlay([entry({ to: '2007-12-31' }, late)], '');
    expect(law.version('test.rate', on('2008-03-31')).value).toBe('2');
    expect(law.version('test.rate', on('2008-03-31', { knownOn: '2008-05-20' })).value).toBe('2');
    expect(law.isSet('test.rate', on('2008-03-31', { knownOn: '2008-05-19' }))).toBe(false);
  });

  it('lets a provisional version yield once its replacement is known, whichever stands first', () => {
    const provisional = { from: '2008-01-01', value: '1', provisional: true };
    const replacement = { from: '2008-01-01', published: '2008-05-20', value: '2' };
    for (const versions of [
      [provisional, replacement],
      [replacement, provisional],
    ]) {
      const law = none.overlay([entry(...versions)], '');
      const before = law.version('test.rate', on('2008-03-31', { knownOn: '2008-04-01' }));
      expect([before.value, before.provisional]).toEqual(['1', true]);
      const after = law.version('test.rate', on('2008-03-31', { knownOn: '2008-06-01' }));
      expect([after.value, after.provisional]).toEqual(['2', false]);
    }
  });

  it('takes an assumed value only where the law has none', () => {
    const law = new Law([assumedParameter('9')]).overlay([entry({ from: '2010-01-01' })], '');
    const before = law.version('test.rate', on('2009-12-31'));
    expect([before.value, before.assumed]).toEqual(['9', true]);
    const after = law.version('test.rate', on('2010-01-01'));
    expect([after.value, after.assumed]).toEqual(['1', false]);
  });

  it('lets an override beat every date', () => {
    const question = { ...on('1950-01-01'), overrides: { 'test.rate': '7' } };
    expect(none.version('test.rate', question).value).toBe('7');
  });
});

describe('loading law', () => {
  it('refuses versions of one place that overlap, telling how to mend it', () => {
    const overlap = () => none.overlay([entry({}, { from: '2008-01-01', value: '2' })], '');
    expect(overlap).toThrow(/test\.rate.*2000-01-01.*2008-01-01.*to: '2007-12-31'/s);
    const sameDay = () => none.overlay([entry({}, { value: '2' })], '');
    expect(sameDay).toThrow(/test\.rate/);
    const inTurn = entry({ to: '2007-12-31' }, { from: '2008-01-01', value: '2' });
    expect(none.overlay([inTurn], '').version('test.rate', on('2008-01-01')).value).toBe('2');
    expect(() => none.overlay([entry({}, { provisional: true })], '')).not.toThrow();
    expect(() => none.overlay([entry({})], '').overlay([entry({})], '43')).not.toThrow();
  });

  it('refuses a version with neither value nor table, with both, or with no number', () => {
    expect(() => none.overlay([entry({ table: ['1'] })], '')).toThrow(/either value or table/);
    expect(() => none.overlay([entry({ value: undefined })], '')).toThrow(/either value or table/);
    expect(() => none.overlay([entry({ value: '8%' })], '')).toThrow(RangeError);
  });

  it('takes a year as the whole year', () => {
    const { versions: _, ...years } = { ...entry(), years: { 2016: '0.0831' } };
    const law = none.overlay([years], '');
    expect(law.version('test.rate', on('2016-12-31')).value).toBe('0.0831');
    expect(law.isSet('test.rate', on('2017-01-01'))).toBe(false);
  });

  it('keeps the sample pack apart from what is known', () => {
    const asked = on('2008-03-31');
    const medical = 'contribution.medical.employerRate';
    expect(loadLaw({ sample: false }).isSet(medical, asked)).toBe(false);
    const sample = loadLaw({ sample: true });
    expect(sample.version(medical, asked).assumed).toBe(true);
    expect(sample.version('contribution.pension.employeeRate', asked).assumed).toBe(false);
    expect(sample.version('arrears.injuryRate', on('2011-01-01')).assumed).toBe(false);
    const ids = sample.parameters().map((p) => p.id);
    expect(ids).toEqual([...ids].sort());
  });
});
