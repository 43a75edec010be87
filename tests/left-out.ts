/**
 * Whether tests are left out, for `describe.skipIf`: not without a word about why.
 * @param what the tests @param why what is missing here; null: nothing is, they run
 */
export function leftOut(what: string, why: string | null): boolean {
  if (why !== null) console.log(`left out: ${what}: ${why}`);
  return why !== null;
}
