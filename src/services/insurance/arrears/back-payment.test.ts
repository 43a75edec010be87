import { describe, expect, it } from 'vitest';
import { type CityInfo, month } from '../../../kernel/index.ts';
import { assertBackPayment } from './back-payment.ts';

const city: CityInfo = {
  code: '430400',
  name: { zh: '衡阳市', en: 'Hengyang' },
  kind: 'live',
  firstPeriod: 200801,
  sampleLaw: false,
};
const check = (fee: string, bill: string, document?: string) => () =>
  assertBackPayment({ city }, month(fee), month(bill), document);

describe('how far back a payment reaches without a document', () => {
  it('is three years, to the month', () => {
    expect(check('2017-03', '2020-03')).not.toThrow();
    expect(check('2017-02', '2020-03')).toThrow(/back-payment-document-needed/);
    expect(check('2017-02', '2020-03', '雁劳仲案字〔2020〕第12号')).not.toThrow();
  });

  it('has no limit before the rule of 2016', () => {
    expect(check('2008-01', '2016-11')).not.toThrow();
    expect(check('2008-01', '2016-12')).toThrow(/back-payment-document-needed/);
  });
});
