import { type Language, showYuan } from '../../../kernel/index.ts';
import type { Derivation, DerivationParameter } from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { articlesOf, citesOf, deep, doubts, figuresOf, shownValue } from '../../look/derivation.ts';
import { showDay } from '../dates.ts';
import { Tags } from '../parts.tsx';

const personsShown = 5;
const colon = (language: Language): string => (language === 'zh' ? '：' : ': ');

export interface WhyProps {
  readonly visit: Visit;
  /** What is derived, in words, and its amount. */
  readonly what: string;
  readonly amount: string;
  readonly parts: readonly Derivation[];
  /** The day of the assessment. */
  readonly assessedOn: string | null;
  /** Terms are persons: the first few of them, the rest on demand. */
  readonly persons?: boolean;
  /** Terms are months with a base of their own. */
  readonly months?: boolean;
}

/** A derivation opened in place: rule, figures, rates, law, version, always in this order. */
export function Why(props: WhyProps) {
  const { visit, what, amount, parts, assessedOn } = props;
  const { t, language } = visit;
  const based = parts.map(basedOn).find((b) => b !== undefined);
  return (
    <div class="deriv" id="why">
      <a class="close" href={`${visit.link({ why: null, all: null })}#figures`}>
        {t('why.close')}
      </a>
      <h2>{t('why.title', { what, amount })}</h2>
      <dl>
        <Rules visit={visit} parts={parts} />
        {parts.some((p) => p.because.length > 0) ? (
          <>
            <dt>{t('why.figures')}</dt>
            <dd>
              {parts.map((p) => (
                <Figures
                  visit={visit}
                  of={p}
                  named={parts.length > 1}
                  persons={props.persons === true}
                />
              ))}
            </dd>
          </>
        ) : null}
        {based === undefined ? null : (
          <>
            <dt>{t('why.base')}</dt>
            <dd>
              <Base
                visit={visit}
                of={based}
                example={props.persons === true || props.months === true}
              />
            </dd>
          </>
        )}
        <Rates visit={visit} parts={parts} />
        <Cites visit={visit} parts={parts} />
        {assessedOn === null ? null : (
          <>
            <dt>{t('why.version')}</dt>
            <dd>{t('why.version-what', { date: showDay(assessedOn, language) })}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

/** What the parts say of themselves; a plain sum says it by its figures. */
function Rules({ visit, parts }: { visit: Visit; parts: readonly Derivation[] }) {
  const { t, language } = visit;
  const ruled = parts.filter((p) => !p.rule.startsWith('person.'));
  if (ruled.length === 0) return null;
  return (
    <>
      <dt>{t('why.rule')}</dt>
      <dd>
        {ruled.map((p) => (
          <p>
            {/^(bill|provisional|settlement|difference)\./.test(p.rule)
              ? `${p.label[language]}${colon(language)}${p.formula[language]}`
              : p.formula[language]}
          </p>
        ))}
      </dd>
    </>
  );
}

interface Based {
  readonly base: Derivation;
  /** The term in which it was found, and how many terms there are beside it. */
  readonly term: Derivation;
  readonly terms: number;
}

function basedOn(part: Derivation): Based | undefined {
  for (const term of part.because) {
    const base = deep(term).find((d) => d.rule === 'contribution.base');
    if (base !== undefined) return { base, term, terms: part.because.length };
  }
  return undefined;
}

/** One line per term, a rule above the sum. */
function Figures(props: {
  visit: Visit;
  of: Derivation;
  /** Several sums stand below each other: each says whose it is. */
  named: boolean;
  persons: boolean;
}) {
  const { visit, of, named, persons } = props;
  const { t, language } = visit;
  const all = !persons || visit.c.req.query('all') === '1';
  const rows = all ? of.because : of.because.slice(0, personsShown);
  if (rows.length === 0) return null;
  const rest = of.because.length - rows.length;
  return (
    <table class="sheet">
      <caption class={named ? undefined : 'sr'}>{of.label[language]}</caption>
      <tbody>
        {rows.map((one) => (
          <tr>
            <td>
              {one.label[language]} <Tags visit={visit} of={one} />
            </td>
            <td class="n how">{one.formula[language]}</td>
            <td class="n">{one.value.replace('¥', '')}</td>
          </tr>
        ))}
        {rest > 0 ? (
          <tr>
            <td colspan={3}>
              <a href={`${visit.link({ all: '1' })}#why`}>{t('why.rest', { count: rest })}</a>
            </td>
          </tr>
        ) : null}
        <tr class="sum">
          <td>{t('total')}</td>
          <td class="how" />
          <td class="n">{of.value.replace('¥', '')}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** How the base is set, with floor and cap: of several persons or months the first stands as an example, and it is said so. */
function Base({ visit, of, example }: { visit: Visit; of: Based; example: boolean }) {
  const { t, language } = visit;
  const { base, term } = of;
  return (
    <>
      {example && of.terms > 1 ? (
        <p>{t('why.base-example', { term: term.label[language], value: base.value })}</p>
      ) : null}
      <p>{base.formula[language]}</p>
      {base.because.map((b) => (
        <p class="mini">
          {`${b.label[language]} ${b.value}${colon(language)}${b.formula[language]}`}{' '}
          <Tags visit={visit} of={b} />
        </p>
      ))}
    </>
  );
}

function Rates({ visit, parts }: { visit: Visit; parts: readonly Derivation[] }) {
  const { t, language } = visit;
  const parameters = figuresOf(parts);
  if (parameters.length === 0) return null;
  return (
    <>
      <dt>{t('why.rate')}</dt>
      <dd>
        {parameters.map((p) => (
          <p>
            {p.label[language]} {shownValue(p)} <Tags visit={visit} of={p} />{' '}
            <span class="mini">
              {p.assumed ? t('why.assumed') : `${p.document} ${p.article}`}
              <Doubt visit={visit} of={p} /> · {t('why.from', { date: showDay(p.from, language) })}
            </span>
          </p>
        ))}
      </dd>
    </>
  );
}

function Cites({ visit, parts }: { visit: Visit; parts: readonly Derivation[] }) {
  const cites = citesOf(parts);
  if (cites.length === 0) return null;
  return (
    <>
      <dt>{visit.t('why.law')}</dt>
      <dd class="law" lang="zh-CN">
        {cites.map((c) => (
          <p>
            {`${titled(c.document)}${c.article}`}
            <Doubt visit={visit} of={c} />
          </p>
        ))}
      </dd>
    </>
  );
}

/** How surely the text is known, where it was not read in the document itself; of an assumed value there is no text. */
function Doubt(props: {
  readonly visit: Visit;
  readonly of: Pick<DerivationParameter, 'confidence'> & { readonly assumed?: boolean };
}) {
  const { visit, of } = props;
  const doubt = of.assumed === true ? null : doubts[of.confidence];
  if (doubt === null) return null;
  return (
    <span class="mini" lang={visit.language === 'zh' ? 'zh-CN' : 'en'}>
      {visit.language === 'zh' ? `（${doubt.zh}）` : ` (${doubt.en})`}
    </span>
  );
}

/** Where parameters come from, in the law's own type. */
export function Sources({ parts }: { parts: readonly DerivationParameter[] }) {
  return (
    <span class="mini" lang="zh-CN">
      {articlesOf(parts)
        .map((c) => `${titled(c.document)}${c.article}`)
        .join('、')}
    </span>
  );
}

/** Laws stand in title marks; a document's number does not. */
function titled(document: string): string {
  return document.includes('〔') ? `${document} ` : `《${document}》`;
}

/** A figure that opens: its address carries what to open, the rest of the page stays. */
export function WhyLink(props: {
  readonly visit: Visit;
  readonly why: string;
  readonly amount: number;
  /** Shown in the place of the amount: a number of persons, or yuan with their sign. */
  readonly text?: string;
}) {
  const { visit, why, amount, text } = props;
  const open = visit.c.req.query('why') === why;
  return (
    <a
      class="why"
      href={`${visit.link({ why, all: null })}#why`}
      aria-expanded={open ? 'true' : 'false'}
    >
      {text ?? showYuan(amount, { sign: false })}
    </a>
  );
}
