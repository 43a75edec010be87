import { type FormEvent, useState } from 'react';
import { useParams } from 'react-router';
import type { Commands } from '../../api.ts';
import { useAct, useAsk } from '../../asking.ts';
import { addMonths, month, parseYuan, showMonth } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ReasonField, TextField } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer } from '../../parts/states.tsx';
import { Han } from '../../parts/words.tsx';
import { Done, Refusal, read, Send } from './forms.tsx';

const kinds = ['wage', 'adds', 'removes'] as const;
type Kind = (typeof kinds)[number];
type Residence = 'urban' | 'rural';

/** What a clerk has written. */
interface Written {
  readonly kind: Kind;
  readonly person: string;
  readonly from: string;
  readonly to: string;
  readonly wage: string;
  readonly name: string;
  readonly residence: Residence;
  readonly leaves: boolean;
  readonly reason: string;
  readonly document: string;
}

const blank: Written = {
  kind: 'wage',
  person: '',
  from: '',
  to: '',
  wage: '',
  name: '',
  residence: 'urban',
  leaves: false,
  reason: '',
  document: '',
};

/** 更正以前月份: a wage, a person who was left off, or one who should not stand on a roster that was assessed. */
export function CorrectPage() {
  const { t } = useSpeech();
  const { employer = '' } = useParams();
  const asked = useAsk('insurance.employer', { employer });
  const name = asked.answer?.name ?? t('employer');
  return (
    <Page
      title={t('correct.title')}
      className="act"
      back={{ to: `/employers/${employer}`, text: name }}
    >
      <Answer of={asked}>
        {(of) => (
          <>
            <Facts rows={[[t('employer'), <Han key="e">{of.name}</Han>]]} />
            <Correct employer={employer} />
          </>
        )}
      </Answer>
    </Page>
  );
}

/** The months from one to another, with both. More than the interface takes at once are not listed. */
function monthsOf(from: string, to: string): string[] {
  const months: string[] = [];
  for (let of = month(from); of <= to && months.length <= 120; of = addMonths(of, 1))
    months.push(of);
  return months;
}

/** What is wrong with what was written, by field, and what is to be sent when nothing is. */
function useWritten(written: Written) {
  const speech = useSpeech();
  const { t } = speech;
  const { kind } = written;
  const from = read(written.from, month, speech);
  const to = written.to.trim() === '' ? from : read(written.to, month, speech);
  const wage = kind === 'removes' ? null : read(written.wage, parseYuan, speech);
  const filled = (text: string, error: string) => (text.trim() === '' ? error : undefined);
  const reversed =
    from.value !== undefined && to.value !== undefined && to.value < from.value
      ? t('correct.reversed')
      : undefined;
  const errors = {
    person: filled(written.person, t('field.empty')),
    from: from.error,
    to: to === from ? undefined : (to.error ?? reversed),
    wage: wage?.error,
    reason: filled(written.reason, t('reason.missing')),
  };
  const sound = Object.values(errors).every((e) => e === undefined);
  const document = written.document.trim();
  return {
    errors,
    common: sound
      ? {
          person: written.person.trim(),
          months: monthsOf(from.value!, to.value!),
          reason: written.reason.trim(),
          ...(document === '' ? {} : { document }),
        }
      : null,
    wageFen: wage?.value,
  };
}

function Correct({ employer }: { readonly employer: string }) {
  const { t, language } = useSpeech();
  const [written, setWritten] = useState(blank);
  const [sent, setSent] = useState(false);
  const wages = useAct('insurance.correct-wage');
  const rosters = useAct('insurance.correct-roster');
  const { errors, common, wageFen } = useWritten(written);
  const { kind } = written;
  const { busy, answer, fault } = kind === 'wage' ? wages : rosters;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (common === null) return;
    const about = { employer, ...common };
    if (kind === 'wage') return void wages.act({ ...about, wageFen: wageFen! });
    void rosters.act({ ...about, ...ofRoster(written, wageFen) });
  };
  if (answer !== null)
    return (
      <Done
        employer={employer}
        text={t(`correct.done.${kind}`, {
          months: answer.months,
          bill: showMonth(answer.billMonth, language),
        })}
        more={
          answer.stillOn === undefined
            ? undefined
            : t('correct.still-on', { month: showMonth(answer.stillOn, language) })
        }
      />
    );
  const change = (part: Partial<Written>) => setWritten({ ...written, ...part });
  return (
    <form onSubmit={send} noValidate>
      <Refusal fault={fault} />
      <p className="aside">{t('correct.effect')}</p>
      <Kinds of={kind} change={(to) => change({ kind: to })} />
      <Fields written={written} change={change} errors={sent ? errors : {}} />
      <Send text={t(`correct.do.${kind}`)} busy={busy} />
    </form>
  );
}

function ofRoster(
  { kind, name, residence, leaves }: Written,
  wageFen: number | undefined,
): Omit<Commands['insurance.correct-roster'][0], 'employer' | 'person' | 'months' | 'reason'> {
  if (kind === 'removes') return { change: 'removes' };
  const fresh = name.trim() === '' ? {} : { name: name.trim(), residence };
  return { change: 'adds', wageFen: wageFen!, leaves, ...fresh };
}

function Kinds({ of, change }: { readonly of: Kind; readonly change: (kind: Kind) => void }) {
  const { t } = useSpeech();
  return (
    <fieldset className="field">
      <legend>{t('correct.what')}</legend>
      {kinds.map((kind) => (
        <label key={kind} className="check">
          <input type="radio" name="kind" checked={of === kind} onChange={() => change(kind)} />
          {t(`correct.${kind}`)}
        </label>
      ))}
    </fieldset>
  );
}

interface FieldsProps {
  readonly written: Written;
  readonly change: (part: Partial<Written>) => void;
  readonly errors: Partial<Record<keyof Written, string | undefined>>;
}

function Fields({ written, change, errors }: FieldsProps) {
  const { t } = useSpeech();
  const field = (name: Exclude<keyof Written, 'kind' | 'residence' | 'leaves' | 'reason'>) => ({
    id: name,
    label: name === 'wage' ? t('correct.wage.amount') : t(`correct.${name}`),
    error: errors[name],
    value: written[name],
    change: (value: string) => change({ [name]: value }),
  });
  const hint = (name: 'person' | 'from' | 'to' | 'name' | 'document') => t(`correct.${name}-hint`);
  return (
    <>
      <TextField {...field('person')} hint={hint('person')} width="amount" />
      <TextField {...field('from')} hint={hint('from')} width="day" />
      <TextField {...field('to')} hint={hint('to')} width="day" />
      {written.kind === 'removes' ? null : (
        <TextField {...field('wage')} width="amount" more={{ prefix: '¥', inputMode: 'decimal' }} />
      )}
      {written.kind === 'adds' ? (
        <>
          <label className="check">
            <input
              type="checkbox"
              checked={written.leaves}
              onChange={(e) => change({ leaves: e.target.checked })}
            />
            {t('correct.leaves')}
          </label>
          <TextField {...field('name')} hint={hint('name')} width="amount" />
          {written.name.trim() === '' ? null : (
            <Residences of={written.residence} change={(residence) => change({ residence })} />
          )}
        </>
      ) : null}
      <ReasonField
        id="reason"
        label={t('reason')}
        hint={t('correct.reason-hint')}
        error={errors.reason}
        value={written.reason}
        change={(reason) => change({ reason })}
      />
      <TextField {...field('document')} hint={hint('document')} />
    </>
  );
}

function Residences(props: {
  readonly of: Residence;
  readonly change: (residence: Residence) => void;
}) {
  const { t } = useSpeech();
  return (
    <fieldset className="field">
      <legend>{t('correct.residence')}</legend>
      {(['urban', 'rural'] as const).map((residence) => (
        <label key={residence} className="check">
          <input
            type="radio"
            name="residence"
            checked={props.of === residence}
            onChange={() => props.change(residence)}
          />
          {t(`correct.residence.${residence}`)}
        </label>
      ))}
    </fieldset>
  );
}
