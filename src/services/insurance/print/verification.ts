import QRCode from 'qrcode';
import type { Content } from '../../../engines/documents/pdf/index.ts';

/** A code as it is read aloud: in groups of four. */
export function grouped(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1 ');
}

/** The line in the foot of each page: the code, and where anybody can check it. @param checkAddress `https://…/check` */
export function verificationFoot(code: string, checkAddress: string): string {
  return `核对码 ${grouped(code)}　任何人可在 ${checkAddress} 核对`;
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
