export * from './commands.ts';
export * from './errors.ts';
export { House } from './house.ts';
export * from './log.ts';
export * from './money.ts';
export * from './random.ts';
export * from './rational.ts';
export * from './text.ts';
export * from './time.ts';
