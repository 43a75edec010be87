import { useState } from 'react';
import type {
  BillView,
  Derivation,
  DerivationParameter,
} from '../../../../../services/insurance/index.ts';
import { citesOf, doubts, figuresOf, shownValue } from '../../../../look/derivation.ts';
import type { Queries } from '../../api.ts';
import { useAsk } from '../../asking.ts';
import { amount, day } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Answer } from '../../parts/states.tsx';
import { Tags } from '../../parts/words.tsx';

const personsShown = 5;

/** Which figure of a table is opened: one at a time. */
export interface Opener {
  readonly opened: string | null;
  readonly toggle: (key: string) => void;
}

export function useOpener(): Opener {
  const [opened, setOpened] = useState<string | null>(null);
  return { opened, toggle: (key) => setOpened((now) => (now === key ? null : key)) };
}

/** A figure that opens its derivation below its row. */
export function WhyButton(props: {
  readonly opener: Opener;
  readonly of: string;
  readonly what: string;
  readonly fen: number;
  /** Shown in the place of the amount. */
  readonly text?: string;
}) {
  const { t } = useSpeech();
  const { opener, of, what, fen } = props;
  const text = props.text ?? amount(fen);
  return (
    <button
      type="button"
      className="plain why"
      aria-expanded={opener.opened === of}
      aria-label={t('why.of', { what, amount: text })}
      onClick={() => opener.toggle(of)}
    >
      {text}
    </button>
  );
}

/** The row that holds the derivation, when its figure is opened. */
export function DerivedRow(props: {
  readonly opener: Opener;
  readonly of: string;
  readonly why: Wanted;
  readonly bill: BillView;
  readonly columns: number;
}) {
  const { opener, of, why, bill, columns } = props;
  if (opener.opened !== of) return null;
  return (
    <tr>
      <td colSpan={columns} className="opened">
        <Derived bill={bill} why={why} close={() => opener.toggle(of)} />
      </td>
    </tr>
  );
}

/** An insurance of the bill's month or an earlier one, its persons and bases, or one of the bill's sums. */
type Wanted = Omit<Queries['insurance.explain-bill'][0], 'employer' | 'month'>;

/** How a figure came: rule, figures, rates, law, version, always in this order. */
function Derived(props: {
  readonly bill: BillView;
  readonly why: Wanted;
  readonly close: () => void;
}) {
  const { t, language } = useSpeech();
  const { bill, why, close } = props;
  const asked = useAsk('insurance.explain-bill', {
    employer: bill.employer.publicId,
    month: bill.month,
    ...why,
  });
  return (
    <div className="deriv">
      <button type="button" className="plain" data-close onClick={close}>
        {t('close')} <kbd>Esc</kbd>
      </button>
      <Answer of={asked}>
        {(of) => {
          const parts = why.figure === undefined ? of.because : [of];
          return (
            <dl>
              <dt>{t('why.rule')}</dt>
              <dd>
                {parts.map((b) => (
                  <p key={b.rule + b.label.zh}>
                    {b.label[language]}
                    {language === 'zh' ? '：' : ': '}
                    {b.formula[language]} <Tags assumed={b.assumed} provisional={b.provisional} />
                  </p>
                ))}
              </dd>
              {parts.some((b) => b.because.length > 0) ? (
                <>
                  <dt>{t('why.figures')}</dt>
                  <dd>
                    {parts
                      .filter((b) => b.because.length > 0)
                      .map((b) => (
                        <Figures key={b.rule + b.label.zh} of={b} />
                      ))}
                  </dd>
                </>
              ) : null}
              <Rates of={of} />
              <Law of={of} />
              {why.figure === undefined || why.figure === 'base' ? (
                <>
                  <dt>{t('why.version')}</dt>
                  <dd>{t('why.version-of', { day: day(bill.issuedOn, language) })}</dd>
                </>
              ) : null}
            </dl>
          );
        }}
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
              {p.assumed ? t('why.no-document') : `${p.document} ${p.article}`}
              <Doubt of={p} /> · {t('why.from', { day: day(p.from, language) })}
            </span>
          </p>
        ))}
      </dd>
    </>
  );
}

/** How surely the text is known, where it was not read in the document itself; of an assumed value there is no text. */
function Doubt(props: {
  readonly of: Pick<DerivationParameter, 'confidence'> & { readonly assumed?: boolean };
}) {
  const { language } = useSpeech();
  const { of } = props;
  const doubt = of.assumed === true ? null : doubts[of.confidence];
  if (doubt === null) return null;
  return <span className="mini">{language === 'zh' ? `（${doubt.zh}）` : ` (${doubt.en})`}</span>;
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
            <Doubt of={c} />
          </p>
        ))}
      </dd>
    </>
  );
}
