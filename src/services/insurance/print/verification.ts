import QRCode from 'qrcode';
import type { Content } from '../../../engines/documents/pdf/index.ts';

/** A code as it is read aloud: in groups of four. */
export function grouped(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1 ');
}

/**
 * The foot of each page of a paper that can be checked: the code and where anybody can check it; when it was printed and by whom.
 * @param checkAddress `https://…/check`
 * @param number the paper's own number, where it has one
 */
export function printedFoot(
  of: { readonly code: string; readonly printedAt: string; readonly printedBy: string },
  checkAddress: string,
  number?: string,
): string {
  const time = of.printedAt.slice(0, 16).replace('T', ' ');
  const printed = `打印时间 ${time}　打印人 ${of.printedBy}`;
  return [
    `核对码 ${grouped(of.code)}　任何人可在 ${checkAddress} 核对`,
    number === undefined ? printed : `${number}　${printed}`,
  ].join('\n');
}

/** The end of a paper that can be checked: a square to scan, the code and the address, and where the seal goes. */
export async function verification(
  of: { readonly code: string; readonly sha256: string },
  office: string,
  checkAddress: string,
): Promise<Content> {
  const svg = await QRCode.toString(`${checkAddress}/${of.code}`, { type: 'svg', margin: 0 });
  const how = `核对码：${grouped(of.code)}\n在 ${checkAddress} 输入核对码，所见与本页一致即为有效。\n摘要 ${of.sha256.slice(0, 16)}…`;
  return {
    margin: [0, 16, 0, 0],
    unbreakable: true,
    columns: [
      { svg, width: 72 },
      { margin: [12, 0, 0, 0], text: how, fontSize: 9 },
      { text: `${office}\n（盖章）`, alignment: 'right', margin: [0, 20, 0, 0] },
    ],
  };
}
