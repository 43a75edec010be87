import { citizenCheck } from '../../kernel/identity.ts';
import { epochDay, fromEpochDay, type PlainDate, plainDate } from '../../kernel/index.ts';
import type { Category, Insurance } from '../insurance/index.ts';
import { Draw } from './random.ts';

/** A simulated person; numbers begin with an area code that was given to nobody. */
export interface Person {
  readonly number: string;
  readonly name: string;
  readonly birth: PlainDate;
  readonly residence: 'urban' | 'rural';
  readonly area: string;
}

export interface Job {
  readonly person: Person;
  wage: number;
  readonly schemes: readonly Insurance[];
  readonly since: PlainDate;
}

export interface Employer {
  readonly code: string;
  readonly name: string;
  readonly area: string;
  readonly injuryClass: number;
  readonly category: Exclude<Category, 'rural'>;
  readonly jobs: Job[];
}

export interface Population {
  readonly employers: readonly Employer[];
  readonly persons: readonly Person[];
  readonly retirees: readonly { person: Person; since: PlainDate; pension: number }[];
}

/**
 * The city at the end of 2007 in its bureau's own words: insured by insurance, retirees (衡阳市劳动和社会保障局 2008 work
 * speech). The share of public institutions is the 2008 target's; that of flexible employment is assumed.
 */
const city = {
  pension: 473_000,
  medical: 508_700,
  unemployment: 414_900,
  injury: 219_800,
  maternity: 350_200,
  retirees: 136_000,
  publicShare: 150_700 / (322_000 + 150_700),
  flexibleShare: 0.05,
} as const;

// Shares of the counties are assumed: the speech gives none.
const counties: readonly (readonly [string, number])[] = [
  ['430401', 260],
  ['430405', 70],
  ['430406', 60],
  ['430407', 60],
  ['430408', 80],
  ['430412', 15],
  ['430421', 75],
  ['430422', 70],
  ['430423', 40],
  ['430424', 55],
  ['430426', 65],
  ['430481', 85],
  ['430482', 65],
];
const surnames =
  '王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚'.split(
    '',
  );
const twoSurnames = ['欧阳', '司马', '上官', '诸葛'];
const given =
  '伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂珍华建文辉红玉梅志国新春林云萍波斌宇浩凯鑫健俊帆雪荣琴凤洁莲湘衡岳雁'.split(
    '',
  );
const trades = [
  '机械',
  '铸造',
  '纺织',
  '建材',
  '商贸',
  '食品',
  '化工',
  '电缆',
  '运输',
  '印刷',
  '陶瓷',
  '药业',
  '矿业',
  '百货',
  '建筑',
];
const words = [
  '湘江',
  '雁城',
  '回雁',
  '蒸水',
  '耒水',
  '南岳',
  '石鼓',
  '来雁',
  '松木',
  '华新',
  '衡钢',
  '宏达',
  '金源',
  '恒通',
  '天顺',
  '永兴',
  '正大',
  '新民',
];
const publicWords = [
  '第一中学',
  '人民医院',
  '文化馆',
  '水利局',
  '农业局',
  '实验小学',
  '图书馆',
  '环卫处',
  '园林处',
  '疾控中心',
  '档案局',
  '广播电台',
];

/** Makes persons one after another; a number is never given twice. */
export class People {
  readonly #seed: number;
  readonly #used = new Map<number, number>();
  #made = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  make(area: string, yearLow: number, yearHigh: number, ruralPerMille: number): Person {
    const draw = new Draw(this.#seed, 'person', this.#made);
    this.#made += 1;
    const low = epochDay(plainDate(`${yearLow}-01-01`));
    const high = epochDay(plainDate(`${yearHigh}-12-31`));
    let day = draw.int(low, high);
    // Three figures tell those of one day apart; a full day moves on to the next.
    while ((this.#used.get(day) ?? 0) > 999) day = day === high ? low : day + 1;
    const order = this.#used.get(day) ?? 0;
    this.#used.set(day, order + 1);
    const birth = fromEpochDay(day);
    const body = `430499${birth.replaceAll('-', '')}${String(order).padStart(3, '0')}`;
    const surname = draw.chance(12) ? draw.pick(twoSurnames) : draw.pick(surnames);
    const name = surname + draw.pick(given) + (draw.chance(550) ? draw.pick(given) : '');
    return {
      number: body + citizenCheck(`${body}0`),
      name,
      birth,
      residence: draw.chance(ruralPerMille) ? 'rural' : 'urban',
      area,
    };
  }
}

/** Yes for exactly `count` of `total` as i runs over 0…total−1, evenly spread. */
function evenly(i: number, count: number, total: number): boolean {
  return Math.floor(((i + 1) * count) / total) > Math.floor((i * count) / total);
}

/** The simulated city at `scale` of its real size. */
export function populate(seed: number, scale: number, people: People): Population {
  const size = (n: number): number => Math.round(n * scale);
  const flexible = size(city.pension * city.flexibleShare);
  const insured = size(city.medical);
  const publicCount = size(city.pension * city.publicShare);
  const draw = new Draw(seed, 'employers');
  const employers: Employer[] = [];
  let placed = 0;
  while (placed < insured) {
    const isPublic = placed < publicCount;
    const left = (isPublic ? publicCount : insured) - placed;
    const employer = newEmployer(draw, employers.length, isPublic ? 'public' : 'enterprise');
    const count = Math.min(left, sizeOf(draw, isPublic));
    for (let i = 0; i < count; i += 1) {
      employer.jobs.push(
        jobOf(people, employer, draw, schemesAt(placed + i, insured, flexible, publicCount, size)),
      );
    }
    placed += count;
    employers.push(employer);
  }
  employers.push(...flexibleWindows(seed, flexible, people, employers.length));
  const retirees = Array.from({ length: size(city.retirees) }, () => retiree(people, draw));
  const persons = [
    ...employers.flatMap((e) => e.jobs.map((j) => j.person)),
    ...retirees.map((r) => r.person),
  ];
  return { employers, persons, retirees };
}

function schemesAt(
  i: number,
  insured: number,
  flexible: number,
  publicCount: number,
  size: (n: number) => number,
): Insurance[] {
  const schemes: Insurance[] = ['medical'];
  const pension = size(city.pension) - flexible - publicCount;
  if (i < publicCount || evenly(i - publicCount, pension, insured - publicCount))
    schemes.unshift('pension');
  if (evenly(i, size(city.unemployment), insured)) schemes.push('unemployment');
  if (evenly(i, size(city.injury), insured)) schemes.push('injury');
  if (evenly(i, size(city.maternity), insured)) schemes.push('maternity');
  return schemes;
}

function sizeOf(draw: Draw, isPublic: boolean): number {
  if (isPublic) return draw.int(12, 60);
  const kind = draw.int(1, 10);
  return kind <= 5 ? draw.int(3, 15) : kind <= 9 ? draw.int(15, 50) : draw.int(60, 160);
}

function newEmployer(draw: Draw, index: number, category: Employer['category']): Employer {
  const area = county(draw);
  const name =
    category === 'public'
      ? `衡阳市${draw.pick(words)}${draw.pick(publicWords)}`
      : `衡阳${draw.pick(words)}${draw.pick(trades)}有限公司`;
  return {
    code: organisation(index),
    name: `${name}${index % 7 === 0 ? '' : `（${index + 1}）`}`,
    area,
    injuryClass: category === 'public' ? 1 : draw.int(1, 3),
    category,
    jobs: [],
  };
}

function county(draw: Draw): string {
  let at = draw.int(
    1,
    counties.reduce((s, [, w]) => s + w, 0),
  );
  return counties.find(([, weight]) => {
    at -= weight;
    return at <= 0;
  })![0];
}

/** An organisation code (GB 11714) for a number; simulated codes begin with 4304. */
function organisation(index: number): string {
  const body = `43${String(100_000 + index).padStart(6, '0')}`;
  const sum = [...body].reduce((s, c, i) => s + Number(c) * [3, 7, 9, 10, 5, 8, 4, 2][i]!, 0);
  const check = 11 - (sum % 11);
  return `${body}-${check === 10 ? 'X' : check === 11 ? '0' : check}`;
}

function jobOf(people: People, employer: Employer, draw: Draw, schemes: readonly Insurance[]): Job {
  const rural = employer.category === 'enterprise' ? 220 : 0;
  return {
    person: people.make(employer.area, 1950, 1988, rural),
    wage: wageOf(draw, employer.category),
    schemes,
    since: plainDate(`${draw.int(1998, 2006)}-0${draw.int(1, 9)}-01`),
  };
}

/** Monthly wage in fen: some under the floor, a few over the cap, most between. */
export function wageOf(draw: Draw, category: Employer['category']): number {
  const base = category === 'public' ? draw.int(130_000, 320_000) : draw.int(80_000, 260_000);
  return draw.chance(15) ? draw.int(540_000, 1_200_000) : base + draw.int(0, 99);
}

function flexibleWindows(seed: number, count: number, people: People, from: number): Employer[] {
  const total = counties.reduce((s, [, w]) => s + w, 0);
  let placed = 0;
  let weight = 0;
  return counties
    .map(([area, own], i) => {
      const draw = new Draw(seed, 'window', area);
      weight += own;
      const upto = Math.floor((count * weight) / total);
      const employer: Employer = {
        code: organisation(from + i),
        name: `灵活就业人员窗口（${area}）`,
        area,
        injuryClass: 1,
        category: 'flexible',
        jobs: [],
      };
      for (; placed < upto; placed += 1)
        employer.jobs.push(jobOf(people, employer, draw, ['pension']));
      return employer;
    })
    .filter((e) => e.jobs.length > 0);
}

function retiree(people: People, draw: Draw): Population['retirees'][number] {
  return {
    person: people.make(county(draw), 1925, 1947, 0),
    since: plainDate(`${draw.int(1995, 2007)}-0${draw.int(1, 9)}-01`),
    pension: draw.int(55_000, 160_000),
  };
}
