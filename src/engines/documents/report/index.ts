export { type Printed, reportPdf } from './pdf.ts';
export type { Report, ReportColumn, ReportRow } from './report.ts';
export { reportWorkbook } from './workbook.ts';
