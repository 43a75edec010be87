export { type StatementSheet, statementWorkbook } from './statement.ts';
