export {
  type CellFault,
  markedWorkbook,
  type TemplateColumn,
  templateWorkbook,
} from './roster.ts';
