import { useState } from 'react';
import type { BillView, Derivation, Insurance } from '../../../../../services/insurance/index.ts';
import { citesOf, figuresOf, shownValue } from '../../../../look/derivation.ts';
import { useAsk } from '../../asking.ts';
import { day } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Answer } from '../../parts/states.tsx';
import { Tags } from '../../parts/words.tsx';

const personsShown = 5;

/** How an insurance's amounts came: rule, figures, rates, law, version, always in this order. */
export function Derived(props: {
  readonly bill: BillView;
  readonly insurance: Insurance;
  readonly close: () => void;
}) {
  const { t, language } = useSpeech();
  const { bill, insurance, close } = props;
  const asked = useAsk('insurance.explain-bill', {
    employer: bill.employer.publicId,
    month: bill.month,
    insurance,
  });
  return (
    <div className="deriv">
      <button type="button" className="plain" data-close onClick={close}>
        {t('close')} <kbd>Esc</kbd>
      </button>
      <Answer of={asked}>
        {(of) => (
          <dl>
            <dt>{t('why.rule')}</dt>
            <dd>
              {of.because.map((b) => (
                <p key={b.rule + b.label.zh}>
                  {b.label[language]}
                  {language === 'zh' ? '：' : ': '}
                  {b.formula[language]} <Tags assumed={b.assumed} provisional={b.provisional} />
                </p>
              ))}
            </dd>
            <dt>{t('why.figures')}</dt>
            <dd>
              {of.because.map((b) => (
                <Figures key={b.rule + b.label.zh} of={b} />
              ))}
            </dd>
            <Rates of={of} />
            <Law of={of} />
            <dt>{t('why.version')}</dt>
            <dd>{t('why.version-of', { day: day(bill.issuedOn, language) })}</dd>
          </dl>
        )}
      </Answer>
    </div>
  );
}

/** One line per term, a rule above the sum. */
function Figures({ of }: { readonly of: Derivation }) {
  const { t, language } = useSpeech();
  const [all, setAll] = useState(false);
  const rows = all ? of.because : of.because.slice(0, personsShown);
  const rest = of.because.length - rows.length;
  return (
    <table className="sheet">
      <caption>{of.label[language]}</caption>
      <tbody>
        {rows.map((one, i) => (
          <tr key={`${one.label.zh} ${String(i)}`}>
            <td>{one.label[language]}</td>
            <td className="n how">{one.formula[language]}</td>
            <td className="n">{one.value.replace('¥', '')}</td>
          </tr>
        ))}
        {rest > 0 ? (
          <tr>
            <td colSpan={3}>
              <button type="button" className="plain link" onClick={() => setAll(true)}>
                {t('why.rest', { count: rest })}
              </button>
            </td>
          </tr>
        ) : null}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('total')}</th>
          <td />
          <td className="n">{of.value.replace('¥', '')}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function Rates({ of }: { readonly of: Derivation }) {
  const { t, language } = useSpeech();
  const parameters = figuresOf([of]);
  if (parameters.length === 0) return null;
  return (
    <>
      <dt>{t('why.rate')}</dt>
      <dd>
        {parameters.map((p) => (
          <p key={`${p.id} ${p.from}`}>
            {p.label[language]} {shownValue(p)}
            <Tags assumed={p.assumed} provisional={p.provisional} />{' '}
            <span className="mini">
              {p.assumed ? t('why.no-document') : `${p.document} ${p.article}`} ·{' '}
              {t('why.from', { day: day(p.from, language) })}
            </span>
          </p>
        ))}
      </dd>
    </>
  );
}

function Law({ of }: { readonly of: Derivation }) {
  const { t } = useSpeech();
  const cites = citesOf([of]);
  if (cites.length === 0) return null;
  return (
    <>
      <dt>{t('why.law')}</dt>
      <dd className="song" lang="zh-CN">
        {cites.map((c) => (
          <p key={c.document + c.article}>
            {c.document.includes('〔') ? `${c.document} ` : `《${c.document}》`}
            {c.article}
          </p>
        ))}
      </dd>
    </>
  );
}
