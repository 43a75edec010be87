export {
  checkRoster,
  type RosterCheck,
  type RosterFault,
  type RosterRow,
  rosterColumns,
} from './check.ts';
export { type MatchedRoster, matchRoster, namedOnFaults } from './match.ts';
