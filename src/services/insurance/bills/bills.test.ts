import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billNumber, readBillNumber } from './bills.ts';

const number = '衡社缴〔2008〕003127';

describe('readBillNumber', () => {
  it('finds the number in what people write', () => {
    for (const text of [
      number,
      '付 衡社缴〔2008〕003127号 社保费',
      '衡社缴(2008)003127',
      '衡社缴[2008]003127',
      '衡社缴【2008】003127',
      '2008-003127',
      '２００８－００３１２７',
      '2008003127',
      ' ２００８００３１２７ ',
      '衡社缴〔2008〕 003127',
      '衡社缴〔2008〕003127，衡社缴〔2008〕003127',
    ]) {
      expect(readBillNumber(text), text).toBe(number);
    }
  });

  it('finds none where none stands', () => {
    for (const text of [
      '',
      '3月社保费',
      '衡社缴〔2008〕3127',
      '2008-0031279',
      '2008-03-14',
      '138001380001',
      '账号 43012008-003127',
      // Telephone numbers: a bill is of a year in which there were bills.
      '0734-822123',
      '0734822123',
      '13907341234',
      '1390734123',
      '1390-734123',
      '2008年3月 003127',
      // Not clear which, or a part of something else.
      '衡社缴〔2008〕003127 和 衡社缴〔2008〕003128',
      '订单2008-003127-77',
      '12-2008-003127',
    ]) {
      expect(readBillNumber(text), text).toBe(undefined);
    }
  });

  it('finds it beside a telephone number', () => {
    for (const text of ['衡社缴〔2008〕003127 电话0734-822123', '1390-734123，2008-003127'])
      expect(readBillNumber(text), text).toBe(number);
  });

  it('reads back every number that is given out', () => {
    const year = fc.integer({ min: 1990, max: 2099 });
    const around = fc.constantFrom('', '付', '（', ' ', '号', '社保费');
    fc.assert(
      fc.property(year, fc.nat(999_999), around, around, (y, serial, before, after) => {
        const written = billNumber(y, serial);
        expect(readBillNumber(before + written + after)).toBe(written);
      }),
    );
  });
});
