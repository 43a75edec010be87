import type {
  AssessAnswer,
  CloseAnswer,
  CollectAnswer,
  CreditAnswer,
} from '../../../../../services/insurance/index.ts';
import { count, showYuan } from '../../format.ts';
import { type Translate, useSpeech } from '../../language.tsx';
import { Faults } from '../../parts/states.tsx';
import { Status } from '../../parts/words.tsx';
import { type Run, useRunner } from '../../runner.tsx';

/** What came of the steps that were taken in this window. */
export function Result({ month }: { readonly month: string }) {
  const { t } = useSpeech();
  const { runs } = useRunner();
  const ended = runs.filter((r) => r.month === month && r.state !== 'running');
  if (ended.length === 0) return null;
  return (
    <div className="result" role="status">
      {ended.map((r) =>
        r.fault === undefined ? (
          <p key={r.step}>
            <Status kind="done">{lineOf(r, t)}</Status>
          </p>
        ) : (
          <Faults
            key={r.step}
            fault={r.fault}
            title={t('result.refused', { step: t(`step.${r.step}`) })}
          />
        ),
      )}
    </div>
  );
}

function lineOf(run: Run, t: Translate): string {
  switch (run.step) {
    case 'assess': {
      const a = run.answer as AssessAnswer;
      return t('result.assess', {
        bills: count(a.bills),
        persons: count(a.persons),
        provisional: count(a.provisional),
        amount: showYuan(a.employerFen + a.employeeFen),
      });
    }
    case 'collect':
      return collected(run.answer as CollectAnswer, t);
    case 'credit': {
      const a = run.answer as CreditAnswer;
      return t('result.credit', { persons: count(a.persons), amount: showYuan(a.creditedFen) });
    }
    case 'close': {
      const a = run.answer as CloseAnswer;
      return t('result.close', { amount: showYuan(a.sweptFen) });
    }
  }
}

/** A bank file that was taken, or taken before. */
export function collected(a: CollectAnswer, t: Translate): string {
  if (a.duplicates > 0) return t('result.collect-before', { count: count(a.duplicates) });
  return t('result.collect', {
    receipts: count(a.receipts),
    amount: showYuan(a.amountFen),
    matched: count(a.matched),
    suspense: count(a.suspense),
    late: showYuan(a.lateFeeFen),
    credit: showYuan(a.creditFen),
  });
}
