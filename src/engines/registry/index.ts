export { areasQuery, correctNumber, mergePersons, registerEmployer } from './commands.ts';
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
  ensurePersons,
  insertPersons,
  type PersonInput,
  type PersonRow,
  personBy,
  personIds,
  personNames,
  personsByNumber,
  type Residence,
} from './persons.ts';
