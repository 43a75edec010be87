import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { fileOf, type Grounds, type Holder } from '../api.ts';
import { useAct, useAsk } from '../asking.ts';
import { addMonths, month, monthOfDate, plainDate, showMoment, showMonth } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { TextField } from '../parts/field.tsx';
import { Fresh } from '../parts/paper.tsx';
import { Sideways } from '../parts/sideways.tsx';
import { Answer, Faults } from '../parts/states.tsx';
import { Han, Status } from '../parts/words.tsx';
import { useSession } from '../session.tsx';
import { read } from './employer/forms.tsx';

interface Props {
  readonly holder: Holder;
  readonly grounds: Grounds;
}

/** The certificates of enrolment and payment of an employer or a person: issue one, have an earlier one again. */
export function Certificates({ holder, grounds }: Props) {
  const { t } = useSpeech();
  const { may, city } = useSession();
  const shown = may('insurance.certificates');
  const asked = useAsk('insurance.certificates', shown ? holder : null, undefined, grounds);
  if (!shown) return null;
  return (
    <section aria-labelledby="certificates">
      <h2 className="part" id="certificates">
        {t('certificates')}
      </h2>
      {may('insurance.certificate.issue') && city !== null ? (
        <Issue holder={holder} grounds={grounds} today={city.at} issued={asked.again} />
      ) : null}
      <Answer of={asked}>{({ rows }) => <Issued rows={rows} grounds={grounds} />}</Answer>
    </section>
  );
}

function pdfOf(code: string, grounds: Grounds): string {
  return fileOf('insurance.certificate-own', 'pdf', { code, ...grounds });
}

function Issue(props: Props & { readonly today: string; readonly issued: () => void }) {
  const { t, language } = useSpeech();
  const { holder, grounds, today, issued } = props;
  const now = monthOfDate(plainDate(today.slice(0, 10)));
  const [from, setFrom] = useState<string>(addMonths(now, -11));
  const [to, setTo] = useState<string>(now);
  const [sent, setSent] = useState(false);
  const { busy, answer, fault, act } = useAct('insurance.certificate.issue', grounds);
  const first = read(from, month, { t, language });
  const last = read(to, month, { t, language });
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (first.value === undefined || last.value === undefined) return;
    if (await act({ ...holder, from: first.value, to: last.value })) issued();
  };
  return (
    <>
      {fault === null ? null : <Faults fault={fault} />}
      <form className="filters" onSubmit={(e) => void send(e)} noValidate>
        <TextField
          id="certificate-from"
          label={t('certificates.from')}
          hint={t('certificates.month')}
          error={sent ? first.error : undefined}
          value={from}
          change={setFrom}
          width="day"
        />
        <TextField
          id="certificate-to"
          label={t('certificates.to')}
          hint={t('certificates.month')}
          error={sent ? last.error : undefined}
          value={to}
          change={setTo}
          width="day"
        />
        <Button htmlType="submit" loading={busy}>
          {t('certificates.do')}
        </Button>
        {answer === null ? null : (
          <p role="status">
            <Status kind="done">{t('paper.done', { code: answer.code })}</Status>{' '}
            <Fresh href={pdfOf(answer.code, grounds)} />
          </p>
        )}
      </form>
    </>
  );
}

type Row = {
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly printedAt: string;
  readonly printedBy: string;
};

function Issued({ rows, grounds }: { readonly rows: readonly Row[]; readonly grounds: Grounds }) {
  const { t, language } = useSpeech();
  if (rows.length === 0) return <p className="empty">{t('certificates.none')}</p>;
  return (
    <Sideways label={t('certificates')}>
      <table className="stack">
        <thead>
          <tr>
            <th scope="col">{t('certificates.code')}</th>
            <th scope="col">{t('certificates.span')}</th>
            <th scope="col">{t('certificates.printed')}</th>
            <th scope="col">{t('certificates.by')}</th>
            <th scope="col">{t('unpaid.act')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.code} data-row>
              <th scope="row">{r.code}</th>
              <td
                data-l={t('certificates.span')}
              >{`${showMonth(r.from, language)}–${showMonth(r.to, language)}`}</td>
              <td data-l={t('certificates.printed')}>{showMoment(r.printedAt, language)}</td>
              <td data-l={t('certificates.by')}>
                <Han>{r.printedBy}</Han>
              </td>
              <td data-l={t('unpaid.act')}>
                <a
                  href={pdfOf(r.code, grounds)}
                  download
                  aria-label={t('certificates.pdf-of', { code: r.code })}
                >
                  {t('paper.pdf')}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}
