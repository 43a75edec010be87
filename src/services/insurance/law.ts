export { lawOf, question } from '../../engines/policy/index.ts';
