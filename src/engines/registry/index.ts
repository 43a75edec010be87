export { plainAccount } from './bank-number.ts';
export {
  areasQuery,
  correctNumber,
  injuryClasses,
  mergePersons,
  registerEmployer,
} from './commands.ts';
export {
  addCode,
  addLink,
  type EmployerFacts,
  employerFacts,
  endCode,
  endLink,
} from './employer-facts.ts';
export {
  type EmployerInput,
  type EmployerRow,
  employerBy,
  employerById,
  employerCode,
  employersByIds,
  insertEmployers,
  searchEmployers,
} from './employers.ts';
export { initials } from './initials.ts';
export {
  type PayoutSet,
  type PayoutView,
  type PayoutWarning,
  payoutFullQuery,
  payoutQuery,
  setPayout,
} from './payout-commands.ts';
export {
  filesByNumber,
  holdNumber,
  insertPersons,
  keptFiles,
  NumberFiles,
  type PersonInput,
  type PersonRow,
  personBy,
  personGiven,
  personIds,
  personsNamed,
  type Residence,
  unknownPerson,
} from './persons.ts';
export { type PersonFound, personsQuery, searchSql } from './search.ts';
