import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initials } from './initials.ts';

describe('initials', () => {
  it('takes the first letter of each reading', () => {
    expect(initials('欧阳红')).toBe('oyh');
    expect(initials('张三')).toBe('zs');
    expect(initials('诸葛玉')).toBe('zgy');
  });

  it('reads surnames as surnames', () => {
    expect(initials('解红')).toBe('xh');
    expect(initials('单红')).toBe('sh');
    expect(initials('曾红')).toBe('zh');
    expect(initials('仇红')).toBe('qh');
  });

  it('keeps what has no reading, in small letters without blanks', () => {
    expect(initials('ABC 公司')).toBe('abcgs');
    expect(initials('')).toBe('');
  });

  it('answers the same again, without blanks or capitals', () => {
    const name = fc.array(fc.constantFrom(...'王李张刘陈杨赵黄周吴 AbZ䶮㛃·'), { maxLength: 8 });
    fc.assert(
      fc.property(name, (characters) => {
        const text = characters.join('');
        const first = initials(text);
        expect(initials(text)).toBe(first);
        expect(first).not.toMatch(/[\sA-Z]/);
        expect([...first]).toHaveLength([...text.replaceAll(' ', '')].length);
      }),
    );
  });
});
