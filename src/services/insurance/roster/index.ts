export {
  checkRoster,
  leftBefore,
  type RosterCheck,
  type RosterFault,
  rosterColumns,
} from './check.ts';
export { type MatchedRoster, matchRoster, namedOnFaults } from './match.ts';
export type { RosterRow } from './rows.ts';
