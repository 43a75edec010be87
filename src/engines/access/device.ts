const systems: readonly (readonly [RegExp, string])[] = [
  [/\bHarmonyOS\b|\bOpenHarmony\b/i, 'HarmonyOS'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];
// Others say that they are Chrome and Safari, too: the first that fits is what it is.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bMicroMessenger\//, 'WeChat'],
  [/\bEdgA?\//, 'Edge'],
  [/\bFirefox\//, 'Firefox'],
  [/\b(QQBrowser|MQQBrowser)\//, 'QQ'],
  [/\bUBrowser|UCBrowser\//, 'UC'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

/**
 * Coarse words for a device by what its browser says of itself: enough for who knows his own devices, too little to know others' by.
 * @returns `Windows · Edge`; empty when nothing is known
 */
export function deviceOf(userAgent: string): string {
  const told = userAgent.slice(0, 400);
  const found = [systems, browsers].map((kinds) => kinds.find(([form]) => form.test(told))?.[1]);
  return found.filter((word) => word !== undefined).join(' · ');
}
