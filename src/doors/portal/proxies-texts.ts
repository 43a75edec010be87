import type { Text } from '../../kernel/text.ts';

/** Words of acting for somebody else. */
export const proxiesTexts = {
  'proxies.title': { zh: '委托家人代办', en: 'Who acts for me' },
  'proxies.lede': {
    zh: '不方便自己办的事，可以委托家人用他自己的账号替您办。随时可以结束；他看过什么，您在“谁看过我的档案”里看得到。',
    en: 'Let a relative do things for you with an account of their own. You can end it at any time, and see what they looked at.',
  },
  'proxies.given': { zh: '您委托的人', en: 'Who acts for you' },
  'proxies.none': { zh: '您没有委托别人。', en: 'Nobody acts for you.' },
  'proxies.received': { zh: '委托您代办的人', en: 'For whom you act' },
  'proxies.name': { zh: '姓名', en: 'Name' },
  'proxies.scopes': { zh: '可以办什么', en: 'What for' },
  'proxies.days': { zh: '期限', en: 'Days' },
  'proxies.state': { zh: '状态', en: 'State' },
  'proxies.running': { zh: '有效', en: 'Running' },
  'proxies.ended': { zh: '已结束', en: 'Ended' },
  'proxies.span': { zh: '{from} 到 {until}', en: '{from} to {until}' },
  'proxies.end': { zh: '结束', en: 'End' },
  'proxies.end-of': { zh: '结束和{name}的委托', en: 'End the proxy with {name}' },
  'proxies.act': { zh: '替他办', en: 'Act for them' },
  'proxies.act-of': { zh: '替{name}办', en: 'Act for {name}' },
  'proxies.give': { zh: '委托一位家人', en: 'Let a relative act for you' },
  'proxies.agent-name': { zh: '家人的姓名', en: 'The relative’s name' },
  'proxies.agent-number': { zh: '家人的公民身份号码', en: 'The relative’s citizen number' },
  'proxies.agent-hint': {
    zh: '姓名和号码都对得上才能委托；他也要是本市的参保人。',
    en: 'Name and number must both fit; the relative is insured in this city, too.',
  },
  'proxies.until': { zh: '到哪一天为止', en: 'Until which day' },
  'proxies.until-hint': {
    zh: '写成 2009-03-31，最长三年',
    en: 'Write it as 2009-03-31; three years at most',
  },
  'proxies.go': { zh: '委托', en: 'Give the proxy' },
  'proxies.acting': { zh: '您正在替别人办事。', en: 'You are acting for somebody else.' },
  'proxies.stop': { zh: '回到自己的', en: 'Back to your own' },
} as const satisfies Readonly<Record<string, Text>>;
