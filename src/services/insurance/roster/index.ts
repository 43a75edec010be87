export {
  checkRoster,
  type RosterCheck,
  type RosterFault,
  type RosterRow,
  rosterColumns,
} from './check.ts';
