import type { AuditFinding } from '../../../engines/access/index.ts';
import { retireLooks } from '../../../kernel/database/index.ts';
import {
  addMonths,
  dateOf,
  momentOfWall,
  monthOfDate,
  period,
  wallNow,
} from '../../../kernel/index.ts';
import { disclosurePolicy } from '../../../services/oversight/index.ts';
import { rootsFile, rootsThatDiffer, sealAndExport } from '../../jobs/audit.ts';
import type { CliCommand } from '../command.ts';
import { table } from '../print.ts';

const seal: CliCommand = {
  name: 'audit seal',
  usage: '',
  summary: {
    zh: '封存留痕，导出每日摘要（网页开着时自动做）',
    en: 'Seals the audit trail and exports the daily roots (done by itself while pages are served)',
  },
  example: 'audit seal',
  words: [0, 0],
  async run(call) {
    const house = await call.house();
    const json = await sealAndExport(house, rootsFile(call.session.folder, house.city.code));
    return { json };
  },
};

const verify: CliCommand = {
  name: 'audit verify',
  usage: '',
  summary: {
    zh: '核对留痕链和导出的每日摘要',
    en: 'Verifies the audit trail, its chain, and the roots that were exported',
  },
  example: 'audit verify --as shenji',
  words: [0, 0],
  async run(call) {
    const house = await call.house();
    const finding = (await call.ask('access.audit.verify', {})) as AuditFinding;
    const differing = await rootsThatDiffer(house, rootsFile(call.session.folder, house.city.code));
    const words = {
      zh: ['什么不对', '种类', '月份', '批次'],
      en: ['what is wrong', 'kind', 'month', 'batch'],
    }[call.language];
    const rows = [
      ...finding.faults.map((f) =>
        [f.what, f.kind ?? '', f.month ?? '', f.batch ?? ''].map(String),
      ),
      ...differing.map((day) => ['exported-root', '', day, '']),
    ];
    const right = {
      zh: `${finding.batches} 批 ${finding.rows} 条，全部相符；还没有封存的 ${finding.unsealed} 条`,
      en: `${finding.batches} batches, ${finding.rows} rows, all as they were sealed; ${finding.unsealed} not sealed yet`,
    }[call.language];
    return {
      json: { ...finding, rootsThatDiffer: differing },
      exit: rows.length === 0 ? 0 : 1,
      text: rows.length === 0 ? right : table(words, rows),
    };
  },
};

const retire: CliCommand = {
  name: 'audit retire',
  usage: '',
  summary: {
    zh: '清退过了保存年限的查看记录（年限见 law/cn/disclosure.yaml）',
    en: 'Gives up looks whose years of keeping are over (law/cn/disclosure.yaml)',
  },
  example: 'audit retire',
  words: [0, 0],
  async run(call) {
    const house = await call.house();
    const { connection } = await call.session.server();
    const now = monthOfDate(dateOf(momentOfWall(wallNow())));
    const first = addMonths(now, -disclosurePolicy().retentionMonths.value);
    // What is not sealed yet would be missed in the chain.
    await sealAndExport(house, rootsFile(call.session.folder, house.city.code));
    const retired = await retireLooks(connection, house.city.code, period(first));
    return { json: { before: first, retired } };
  },
};

export const auditCommands: readonly CliCommand[] = [seal, verify, retire];
