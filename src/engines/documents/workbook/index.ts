export {
  type CellFault,
  markedWorkbook,
  type TemplateColumn,
  templateWorkbook,
} from './roster.ts';
export { type StatementSheet, statementWorkbook } from './statement.ts';
