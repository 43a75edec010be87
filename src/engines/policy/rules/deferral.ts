import { type PlainDate, plainDate, Rational } from '../../../kernel/index.ts';
import { decimal, type RuleDefinition, yuanText } from '../call.ts';

/**
 * The last day of a deferral that is paid by instalments. An instalment is missed when more is open at the end of its day than the later
 * instalments come to; by the usual agreement the deferral then ends with that day, and what is open is late from it.
 */
export const deferralEnd: RuleDefinition = {
  id: 'arrears.deferralEnd',
  label: { zh: '缓缴终止日', en: 'End of a deferral' },
  basis: 'basis.deferral',
  inputs: ['until', 'on', 'instalments'],
  run(call) {
    const until = call.date('until');
    const on = call.date('on');
    const list = call.list('instalments').map((i) => ({
      dueOn: plainDate(String(i['dueOn'])),
      amount: decimal(i['amount'], 'amount'),
      open: decimal(i['open'], 'open'),
    }));
    const way = call.setting('collection.missedInstalment', ['ends-deferral', 'keeps']);
    const missed = list.findIndex((i, n) => i.dueOn < on && i.open.compare(laterThan(list, n)) > 0);
    const found = list[missed];
    if (found === undefined) {
      call.step(
        `没有逾期的分期，缓缴至 ${until}`,
        `No instalment was missed: deferred until ${until}`,
      );
      return { missed: 0, endsOn: until };
    }
    const allowed = yuanText(laterThan(list, missed));
    const endsOn: PlainDate = way === 'keeps' ? until : found.dueOn;
    call.step(
      `第 ${missed + 1} 期 ${found.dueOn} 到期，当日欠 ${yuanText(found.open)}，应不超过 ${allowed}；缓缴至 ${endsOn}`,
      `Instalment ${missed + 1} was due on ${found.dueOn}: ${yuanText(found.open)} was open, ${allowed} at most was agreed; deferred until ${endsOn}`,
    );
    return { missed: missed + 1, endsOn };
  },
};

function laterThan(list: readonly { readonly amount: Rational }[], n: number): Rational {
  return list.slice(n + 1).reduce((sum, i) => sum.plus(i.amount), Rational.zero);
}
