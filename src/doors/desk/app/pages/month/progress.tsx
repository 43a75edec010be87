import { useEffect, useRef } from 'react';
import type { MonthView } from '../../../../../services/insurance/index.ts';
import { count, percent } from '../../format.ts';
import { useSpeech } from '../../language.tsx';

/**
 * How far a step is: done of total, time left, and what a power cut does. Time left is told from what this window saw of
 * it; a step that does not tell how far it is shows that it runs.
 */
export function Progress(props: {
  readonly step: MonthView['steps'][number];
  readonly name: string;
}) {
  const { t } = useSpeech();
  const { done, total, state } = props.step;
  const first = useRef<{ readonly done: number; readonly at: number } | null>(null);
  const told = state === 'running' && total > 1;
  useEffect(() => {
    if (told && first.current === null) first.current = { done, at: performance.now() };
  }, [told, done]);
  if (!told) {
    return (
      <>
        <progress aria-label={t('progress.of', { step: props.name })} />
        <span className="mini">{t('progress.begun')}</span>
        <span className="mini">{t('progress.power')}</span>
      </>
    );
  }
  const seconds = leftOf(first.current, done, total);
  return (
    <>
      <progress max={total} value={done} aria-label={t('progress.of', { step: props.name })} />
      <span className="mini">
        {t('progress.done', {
          done: count(done),
          total: count(total),
          percent: percent(done, total) ?? '',
        })}
        {seconds === null ? '' : ` · ${t('progress.left', { seconds })}`}
      </span>
      <span className="mini">{t('progress.power')}</span>
    </>
  );
}

function leftOf(
  first: { readonly done: number; readonly at: number } | null,
  done: number,
  total: number,
): number | null {
  if (first === null || done <= first.done) return null;
  const perSecond = ((done - first.done) * 1000) / (performance.now() - first.at);
  return Math.max(1, Math.ceil((total - done) / perSecond));
}
