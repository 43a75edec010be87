import { addDays } from '../../../kernel/index.ts';
import { invalid, type RuleDefinition } from '../call.ts';

/** The last day to pay a bill: so many calendar days after the day on which it was issued. */
export const dueDate: RuleDefinition = {
  id: 'collection.dueDate',
  label: { zh: '缴费期限', en: 'Last day to pay' },
  basis: 'basis.dueDate',
  inputs: ['issuedOn'],
  run(call) {
    const issued = call.date('issuedOn');
    const { value } = call.parameter('collection.dueDays');
    if (!/^\d{1,4}$/.test(value)) throw invalid(`collection.dueDays = ${value}`);
    const due = addDays(issued, Number(value));
    call.step(
      `${issued} 核定，${value} 日内缴纳：${due}`,
      `Assessed on ${issued}, to be paid within ${value} days: ${due}`,
    );
    return { dueDate: due };
  },
};
