import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { MonthStep, MonthView } from '../../../../../services/insurance/index.ts';
import { count, percent, shortMoment, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Status, type StatusKind } from '../../parts/words.tsx';
import { useRunner } from '../../runner.tsx';
import { useSession } from '../../session.tsx';
import type { TextKey } from '../../texts/index.ts';
import { Progress } from './progress.tsx';

type StepView = MonthView['steps'][number];

const stepNames: Readonly<Record<MonthStep, TextKey>> = {
  declare: 'step.declare',
  assess: 'step.assess',
  collect: 'step.collect',
  credit: 'step.credit',
  close: 'step.close',
};

/** The step that comes next for whoever looks, or null when the month is closed or not begun. */
export function nextStep(view: MonthView, may: (permission: string) => boolean): MonthStep | null {
  if (view.state === 'open') return 'assess';
  if (view.state !== 'assessed') return null;
  const step = (name: MonthStep) => view.steps.find((s) => s.step === name);
  if (step('credit')?.state !== 'done') return view.collectedFen > 0 ? 'credit' : 'collect';
  return may('insurance.close') ? 'close' : 'collect';
}

/** declare → assess → collect → credit → close, each with its count or sum, state and button. */
export function Steps({ view }: { readonly view: MonthView }) {
  const { may } = useSession();
  const next = nextStep(view, may);
  return (
    <ol className="run">
      {view.steps.map((s) => (
        <Step key={s.step} view={view} of={s} next={next === s.step} />
      ))}
    </ol>
  );
}

function Step({ view, of, next }: { view: MonthView; of: StepView; next: boolean }) {
  const { t } = useSpeech();
  const { runs } = useRunner();
  const mine = runs.find((r) => r.step === of.step && r.month === view.month);
  const running = of.state === 'running' || mine?.state === 'running';
  return (
    <li className={running ? 'now' : undefined}>
      <h2>
        {t(stepNames[of.step])} <StepStatus view={view} of={of} running={running} />
      </h2>
      {running ? (
        <Progress step={of} name={t(stepNames[of.step])} />
      ) : (
        <>
          <Figure view={view} of={of} />
          <StepButton view={view} of={of} next={next} />
        </>
      )}
    </li>
  );
}

function StepStatus({ view, of, running }: { view: MonthView; of: StepView; running: boolean }) {
  const { t } = useSpeech();
  if (running) return <Status kind="run">{t('state.running')}</Status>;
  const [kind, text] = statusOf(view, of);
  return <Status kind={kind}>{t(text)}</Status>;
}

function statusOf(view: MonthView, of: StepView): [StatusKind, TextKey] {
  if (of.state === 'done') return ['done', of.step === 'declare' ? 'state.ended' : 'state.done'];
  if (of.state === 'blocked') return ['none', 'state.not-yet'];
  if (of.step === 'collect' && view.collectedFen > 0) return ['run', 'state.under-way'];
  if (of.step === 'declare' && of.done > 0) return ['run', 'state.under-way'];
  return ['none', 'state.not-begun'];
}

/** The figure of a step and a line about it. */
function Figure({ view, of }: { view: MonthView; of: StepView }) {
  const { t, language } = useSpeech();
  const when = of.at === null ? null : t('step.at', { at: shortMoment(of.at, language) });
  const show = (figure: ReactNode, line: string | null) => (
    <>
      <span className="fig">{figure}</span>
      {line === null ? null : <span className="mini">{line}</span>}
    </>
  );
  switch (of.step) {
    case 'declare':
      return show(
        t('step.declared', { done: count(of.done), total: count(of.total) }),
        t('step.undeclared', { count: count(view.undeclared) }),
      );
    case 'assess':
      if (view.assessedFen === 0) return null;
      return show(showYuan(view.assessedFen), when ?? t('step.bills', { count: count(of.done) }));
    case 'collect': {
      const share = percent(view.collectedFen, view.assessedFen);
      if (share === null) return null;
      return show(showYuan(view.collectedFen), t('step.received', { percent: share }));
    }
    case 'credit':
      return when === null ? null : <span className="mini">{when}</span>;
    default:
      return null;
  }
}

const permissions = {
  assess: 'insurance.assess',
  collect: 'insurance.collect',
  credit: 'insurance.credit',
} as const;

/** The button of a step, or the reason why there is none. Closing has its own place below. */
function StepButton({ view, of, next }: { view: MonthView; of: StepView; next: boolean }) {
  const { t, language, say } = useSpeech();
  const { may } = useSession();
  const { start, busy } = useRunner();
  const navigate = useNavigate();
  if (of.step === 'declare') return null;
  if (of.blockedBy !== null) return <span className="mini">{say(of.blockedBy)}</span>;
  if (of.step === 'close') return <span className="mini">{closeLine()}</span>;
  if (view.state === 'closed' || !may(permissions[of.step])) return null;
  if (of.step === 'assess' && of.state === 'done') return null;
  const { month } = view;
  const acts = {
    assess: () => void navigate(`/month/${month}/assess`),
    collect: () => void navigate(`/month/${month}/collect`),
    credit: () => void start([{ step: 'credit', month }]),
  };
  const names: Readonly<Record<keyof typeof acts, TextKey>> = {
    assess: 'step.assess-do',
    collect: 'step.collect-do',
    credit: of.state === 'done' ? 'step.credit-again' : 'step.credit-do',
  };
  return (
    <Button
      className="step-do"
      size="small"
      type={next ? 'primary' : 'default'}
      disabled={busy}
      onClick={acts[of.step]}
    >
      {t(names[of.step])}
    </Button>
  );

  function closeLine(): string {
    if (of.at !== null) return t('step.at', { at: shortMoment(of.at, language) });
    if (view.state === 'closed') return t('state.closed');
    return view.blockers.length === 0
      ? t('close.ready')
      : t('close.left', { count: view.blockers.length });
  }
}
