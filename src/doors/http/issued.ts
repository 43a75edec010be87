import type { CityInfo } from '../../kernel/index.ts';
import {
  billPdf,
  type CertificateView,
  certificatePdf,
  type PrintedBill,
} from '../../services/insurance/index.ts';

/** A paper as a file. */
export interface Paper {
  readonly bytes: Buffer;
  readonly name: string;
}

type Draw = (view: never, city: CityInfo, checkAddress: string) => Promise<Paper>;

async function drawBill(view: PrintedBill, _: CityInfo, checkAddress: string): Promise<Paper> {
  return { bytes: await billPdf(view, checkAddress), name: `缴费单${view.bill.number}.pdf` };
}

async function drawCertificate(
  view: CertificateView,
  city: CityInfo,
  checkAddress: string,
): Promise<Paper> {
  const bytes = await certificatePdf(view, city.name.zh, checkAddress);
  return { bytes, name: `参保缴费证明${view.code}.pdf` };
}

/** The queries whose answer is a paper that was issued under a code, and how it is drawn. */
export const issuedPapers: Readonly<Record<string, Draw>> = {
  'insurance.bill-printed': drawBill,
  'insurance.certificate-own': drawCertificate,
};

/** Draws what one of these queries answered. @param checkAddress public page on which codes are checked: `https://…/check` */
export function drawIssued(
  query: keyof typeof issuedPapers,
  view: unknown,
  city: CityInfo,
  checkAddress: string,
): Promise<Paper> {
  return issuedPapers[query]!(view as never, city, checkAddress);
}
