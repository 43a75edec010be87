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
  filesByNumber,
  insertPersons,
  keptFiles,
  NumberFiles,
  type PersonInput,
  type PersonRow,
  personBy,
  personIds,
  personsNamed,
  type Residence,
} from './persons.ts';
