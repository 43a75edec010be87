import type { Context, Hono } from 'hono';
import { type Report, reportPdf, reportWorkbook } from '../../engines/documents/report/index.ts';
import {
  type House,
  type Language,
  MindunError,
  readPurpose,
  registered,
} from '../../kernel/index.ts';
import { reports } from '../../services/insurance/index.ts';
import { callerOf, queryInput } from './api.ts';
import { file, workbookType } from './file.ts';
import { drawIssued, issuedPapers } from './issued.ts';
import { apiPath, inputSchema } from './openapi.ts';
import { Visit } from './visit.ts';

/**
 * What can be had as a file: the query's own address with `.xlsx` or `.pdf`, its own input and its own right, so that a page links
 * to what it shows. For a link, which sends no header: `lang=zh|en` of a report, `purpose` and `matter` of a paper issued
 * under a code.
 * @param address where the public reaches the pages
 */
export function mountPapers(app: Hono, house: House, address: () => string): void {
  mountReports(app, house);
  for (const name of Object.keys(issuedPapers)) {
    const schema = inputSchema(registered().get(name)!);
    app.get(`${apiPath(name)}.pdf`, async (c) => {
      const caller = await callerOf(c, house);
      const { purpose, matter, ...input } = queryInput(c, schema);
      const stated = readPurpose(typeof purpose === 'string' ? purpose.slice(0, 300).trim() : '');
      const named = typeof matter === 'string' ? { matter: matter.slice(0, 60) } : {};
      const asking = caller.purpose === '' ? { ...caller, purpose: stated, ...named } : caller;
      const view = await house.call(name, input, asking);
      const paper = await drawIssued(name, view, house.city, `${address()}/check`);
      return file(c, paper.bytes, paper.name, 'application/pdf');
    });
    refuseOthers(app, `${apiPath(name)}.pdf`);
  }
}

function refuseOthers(app: Hono, path: string): void {
  app.all(path, (c) => {
    throw new MindunError('method-not-allowed', { path: c.req.path, method: c.req.method });
  });
}

function mountReports(app: Hono, house: House): void {
  for (const [name, reportOf] of Object.entries(reports)) {
    const schema = inputSchema(registered().get(name)!);
    const answer = async (c: Context): Promise<{ report: Report; language: Language }> => {
      const caller = await callerOf(c, house);
      const { lang, ...input } = queryInput(c, schema);
      const language = lang === 'en' || lang === 'zh' ? lang : caller.language;
      const view = (await house.call(name, input, { ...caller, language })) as never;
      return { report: reportOf(view, house.city), language };
    };
    app.get(`${apiPath(name)}.xlsx`, async (c) => {
      const { report, language } = await answer(c);
      return file(
        c,
        await reportWorkbook(report, language),
        nameOf(report, language, 'xlsx'),
        workbookType,
      );
    });
    app.get(`${apiPath(name)}.pdf`, async (c) => {
      const { report, language } = await answer(c);
      const visit = await Visit.open(c, house);
      const bytes = await reportPdf(report, { at: visit.at, by: visit.actor.name }, language);
      return file(c, bytes, nameOf(report, language, 'pdf'), 'application/pdf');
    });
    for (const ending of ['xlsx', 'pdf']) refuseOthers(app, `${apiPath(name)}.${ending}`);
  }
}

function nameOf(report: Report, language: Language, ending: string): string {
  const facts = report.facts.map((f) =>
    typeof f.value === 'string' ? f.value : f.value[language],
  );
  return `${[report.title[language], ...facts].join(' ')}.${ending}`;
}
