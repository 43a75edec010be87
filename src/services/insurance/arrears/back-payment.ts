import {
  type Context,
  defineErrors,
  firstDay,
  MindunError,
  type Month,
  monthsBetween,
} from '../../../kernel/index.ts';
import { lawOf, question } from '../law.ts';

defineErrors({
  'back-payment-document-needed': {
    message: {
      zh: '{month}距{bill}超过 {years} 年，补缴要有法院、仲裁或者审计、监察的文书',
      en: '{month} lies more than {years} years before {bill}: a back payment needs a document of a court, of arbitration, audit or inspection',
    },
    mend: { zh: '请写明文书名称和文号。', en: 'Name the document and its number.' },
    status: 422,
  },
});

/**
 * Refuses a back payment for a month that lies more than the law's years before the bill which would carry it, unless the document
 * that orders it is named (人社部规〔2016〕5号; parameter `collection.backPaymentYears`, asked for the bill's month). Where no
 * version is in force there is no such limit.
 * @throws MindunError back-payment-document-needed, input-invalid
 */
export function assertBackPayment(
  { city }: Pick<Context, 'city'>,
  month: Month,
  bill: Month,
  document: string | undefined,
): void {
  const id = 'collection.backPaymentYears';
  const asked = question(city, firstDay(bill));
  const law = lawOf(city);
  if (document !== undefined || !law.isSet(id, asked)) return;
  const { value } = law.version(id, asked);
  if (!/^\d{1,2}$/.test(value))
    throw new MindunError('input-invalid', { what: `${id} = ${value}` });
  if (monthsBetween(month, bill) > Number(value) * 12)
    throw new MindunError('back-payment-document-needed', { month, bill, years: value });
}
