import { describe, expect, it } from 'vitest';
import { readAhead } from './collections.ts';

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
};

describe('readAhead', () => {
  it('gives every item what was found for it, in order, and reads the next one meanwhile', async () => {
    const log: string[] = [];
    const read = async (n: number): Promise<number> => {
      log.push(`read ${n}`);
      await turns();
      log.push(`found ${n}`);
      return n * n;
    };
    for await (const [n, square] of readAhead([1, 2, 3], read)) {
      expect(square).toBe(n * n);
      log.push(`begin ${n}`);
      await turns();
      await turns();
      log.push(`end ${n}`);
    }
    expect(log).toEqual([
      'read 1',
      'found 1',
      'read 2',
      'begin 1',
      'found 2',
      'end 1',
      'read 3',
      'begin 2',
      'found 3',
      'end 2',
      'begin 3',
      'end 3',
    ]);
  });

  it('goes through nothing when there is nothing', async () => {
    for await (const [n] of readAhead<number, number>([], async (m) => m)) expect(n).toBe('none');
  });

  it('tells what went wrong at its item, after those before it', async () => {
    const worked: number[] = [];
    const read = async (n: number): Promise<number> => {
      if (n === 2) throw new Error('two');
      return n;
    };
    const run = async (): Promise<void> => {
      for await (const [n] of readAhead([1, 2, 3], read)) {
        worked.push(n);
        await turns();
      }
    };
    await expect(run()).rejects.toThrow('two');
    expect(worked).toEqual([1]);
  });

  it('waits for what is being read when its caller gives up', async () => {
    let reading = 0;
    const read = async (n: number): Promise<number> => {
      reading += 1;
      await turns();
      reading -= 1;
      return n;
    };
    const run = async (): Promise<void> => {
      for await (const [n] of readAhead([1, 2, 3], read)) if (n === 1) throw new Error('enough');
    };
    await expect(run()).rejects.toThrow('enough');
    expect(reading).toBe(0);
  });
});
