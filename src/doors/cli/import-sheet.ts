import { type Language, showYuan, type Text } from '../../kernel/index.ts';
import type { SheetRow, TakeoverAnswer } from '../../services/insurance/index.ts';
import { facts, placeOf, table } from './print.ts';

const tables: Readonly<Record<string, Text>> = {
  persons: { zh: '人员', en: 'persons' },
  employers: { zh: '单位', en: 'employers' },
  spells: { zh: '参保', en: 'enrolments' },
  rosters: { zh: '名册', en: 'rosters' },
  retirees: { zh: '退休', en: 'retirees' },
  balances: { zh: '个人账户', en: 'accounts' },
  deemed: { zh: '视同缴费', en: 'deemed' },
  arrears: { zh: '欠费', en: 'arrears' },
  ledger: { zh: '期初账', en: 'ledger' },
  control: { zh: '控制数', en: 'control' },
};

const heads: Readonly<Record<Language, readonly string[]>> = {
  zh: ['', '表', '县区', '险种', '年', '项目', '读到', '金额', '来源', '来源金额'],
  en: ['', 'table', 'county', 'insurance', 'year', 'item', 'read', 'amount', 'source', 'amount'],
};

/** What a take-over answers, for a terminal: the faults with their places, and every line of the sheet beside the source's own. */
export function importSheet(answer: TakeoverAnswer, language: Language): string {
  const named = (zh: string, en: string): string => ({ zh, en })[language];
  const differing = answer.sheet.filter((r) => !r.agrees).length;
  const lines = answer.sheet.length;
  return [
    facts([
      [named('文件', 'files'), String(answer.files)],
      [named('行', 'rows'), String(answer.rows)],
      [
        named('对账', 'reconciled'),
        differing === 0
          ? answer.errors.length > 0
            ? named(
                `对上的 ${lines} 行一致；有错的文件和要用到它的没有对`,
                `the ${lines} lines that were compared agree; files with faults, and what needs them, were not`,
              )
            : named(`${lines} 行都一致`, `all ${lines} lines agree`)
          : named(`${lines} 行里 ${differing} 行不一致`, `${differing} of ${lines} lines differ`),
      ],
    ]),
    ...(answer.errors.length === 0
      ? []
      : [answer.errors.map((f) => `${placeOf(f)}: ${f.message} (${f.code})`).join('\n')]),
    table(
      heads[language],
      answer.sheet.map((row) => sheetLine(row, language)),
    ),
  ].join('\n\n');
}

function sheetLine(row: SheetRow, language: Language): string[] {
  const { agrees, area, insurance, year, item, count, fen, sourceCount, sourceFen } = row;
  return [
    agrees ? '✓' : '✗',
    tables[row.table]?.[language] ?? row.table,
    area.slice(0, 6),
    insurance,
    year,
    item,
    String(count),
    showYuan(fen),
    sourceCount === null ? '—' : String(sourceCount),
    sourceFen === null ? '—' : showYuan(sourceFen),
  ];
}
