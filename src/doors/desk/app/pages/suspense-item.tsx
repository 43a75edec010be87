import { Button, Input } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import type { ResolveAnswer, SuspenseRow } from '../../../../services/insurance/index.ts';
import { useAct, useAsk } from '../asking.ts';
import { day, showYuan } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { Facts } from '../parts/facts.tsx';
import { Field, ReasonField, TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Answer, Faults, Told } from '../parts/states.tsx';
import { EmployerLink, Han, Status } from '../parts/words.tsx';
import { useSession } from '../session.tsx';

/** One receipt of an unknown payer, and who paid it. */
export function SuspenseItemPage() {
  const { t } = useSpeech();
  const { receipt = '' } = useParams();
  const asked = useAsk('insurance.suspense', { receipt });
  return (
    <Page
      title={t('suspense.item')}
      className="act"
      back={{ to: '/suspense', text: t('suspense') }}
    >
      <Answer of={asked}>
        {({ rows: [row] }) => (row === undefined ? <p>{t('suspense.gone')}</p> : <Item of={row} />)}
      </Answer>
    </Page>
  );
}

function Item({ of }: { readonly of: SuspenseRow }) {
  const { t, language, say } = useSpeech();
  const { may } = useSession();
  return (
    <>
      <Facts
        rows={[
          [t('suspense.amount-of'), <b key="a">{showYuan(of.amountFen)}</b>],
          [t('suspense.on'), day(of.receivedOn, language, true)],
          [
            t('suspense.payer'),
            of.payerName === '' ? t('suspense.no-payer') : <Han key="p">{of.payerName}</Han>,
          ],
          [t('suspense.reference'), of.reference],
          [t('suspense.bill'), of.billText === '' ? '—' : of.billText],
          [t('suspense.why'), say(of.reason)],
        ]}
      />
      {may('insurance.resolve-suspense') ? (
        <Resolve of={of} />
      ) : (
        <p className="aside">{t('resolve.not-permitted')}</p>
      )}
    </>
  );
}

interface Named {
  readonly employer: string;
  readonly code: string;
  readonly name: string;
}

/** The payer by its name or by one of its bills, and why; then what became of the money. */
function Resolve({ of }: { readonly of: SuspenseRow }) {
  const { t } = useSpeech();
  const [search] = useSearchParams();
  const [chosen, setChosen] = useState(search.get('employer') ?? '');
  const [named, setNamed] = useState('');
  const [bill, setBill] = useState(of.billNumber ?? '');
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState<'payer' | 'reason' | null>(null);
  const { busy, answer, fault, act } = useAct('insurance.resolve-suspense');
  const choose = ({ employer, name }: Named) => {
    setChosen(employer);
    setNamed(name);
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    const byBill = chosen === 'bill';
    if (chosen === '' || (byBill && bill.trim() === '')) return setMissing('payer');
    if (reason.trim() === '') return setMissing('reason');
    setMissing(null);
    const payer = byBill ? { bill: bill.trim() } : { employer: chosen };
    return void act({ receipt: of.publicId, ...payer, reason: reason.trim() });
  };
  if (answer !== null) {
    const name = of.candidates.find((c) => c.employer === chosen)?.name ?? named;
    return (
      <Resolved answer={answer} employer={chosen === 'bill' ? null : { employer: chosen, name }} />
    );
  }
  return (
    <form onSubmit={send} noValidate>
      {fault === null ? null : <Faults fault={fault} />}
      <Candidates of={of} chosen={chosen} choose={choose} error={missing === 'payer'}>
        <label className="check">
          <input
            type="radio"
            name="payer"
            checked={chosen === 'bill'}
            onChange={() => setChosen('bill')}
          />
          {t('resolve.by-bill')}
        </label>
      </Candidates>
      {chosen === 'bill' ? (
        <TextField
          id="bill"
          label={t('bill')}
          hint={t('resolve.bill-hint')}
          value={bill}
          change={setBill}
          width="amount"
        />
      ) : null}
      <ReasonField
        id="reason"
        label={t('reason')}
        hint={t('resolve.reason-hint')}
        error={missing === 'reason' ? t('reason.missing') : undefined}
        value={reason}
        change={setReason}
      />
      <p className="doing">
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('resolve.do')}
        </Button>
        <kbd>Ctrl+Enter</kbd>
      </p>
    </form>
  );
}

interface CandidatesProps {
  readonly of: SuspenseRow;
  readonly chosen: string;
  readonly choose: (employer: Named) => void;
  readonly error: boolean;
  readonly children: ReactNode;
}

/** Who may have paid: those the store thinks of, and those that a search finds. */
function Candidates({ of, chosen, choose, error, children }: CandidatesProps) {
  const { t } = useSpeech();
  const [text, setText] = useState('');
  const [wanted, setWanted] = useState('');
  const found = useAsk('insurance.employers', wanted === '' ? null : { search: wanted });
  const known = of.candidates;
  const more = (wanted === '' ? [] : (found.answer?.rows ?? [])).filter(
    (r) => !known.some((k) => k.employer === r.employer),
  );
  const find = () => setWanted(text.trim());
  return (
    <fieldset className={error ? 'field bad' : 'field'}>
      <legend>{t('resolve.who')}</legend>
      {error ? <p className="msg">{t('resolve.payer-missing')}</p> : null}
      {[...known, ...more.slice(0, 8)].map((c) => (
        <label key={c.employer} className="check">
          <input
            type="radio"
            name="payer"
            checked={chosen === c.employer}
            onChange={() => choose(c)}
          />
          <Han>
            {c.name}　{c.code}
          </Han>
        </label>
      ))}
      {wanted !== '' && found.answer !== null && more.length === 0 ? (
        <p className="mini">{t('empty.filter')}</p>
      ) : null}
      {children}
      <Field id="find" label={t('resolve.find')} hint={t('filter.employer')}>
        {(attributes) => (
          <span className="beside">
            <Input
              {...attributes}
              className="w-amount"
              autoComplete="off"
              value={text}
              onChange={(e) => setText(e.target.value)}
              onPressEnter={(e) => {
                if (e.ctrlKey) return;
                e.preventDefault();
                find();
              }}
            />
            <Button onClick={find}>{t('filter.find')}</Button>
          </span>
        )}
      </Field>
    </fieldset>
  );
}

function Resolved(props: {
  readonly answer: ResolveAnswer;
  readonly employer: Omit<Named, 'code'> | null;
}) {
  const { t } = useSpeech();
  const { answer, employer } = props;
  return (
    <Told>
      <p>
        <Status kind="done">{t('resolve.done')}</Status>{' '}
        {employer === null ? null : <EmployerLink {...employer} />}
      </p>
      <p>
        {t('resolve.result', {
          allocated: showYuan(answer.allocatedFen),
          late: showYuan(answer.lateFeeFen),
          credit: showYuan(answer.creditFen),
        })}
      </p>
      <p>
        <Link to="/suspense">{t('resolve.next')}</Link>
      </p>
    </Told>
  );
}
