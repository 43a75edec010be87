/** Whether this browser knows passkeys at all. */
export function knowsPasskeys(): boolean;
/** Makes a passkey by what the interface answered; null when the visitor did not want to. */
export function makePasskey(options: object): Promise<object | null>;
/** Signs a challenge with a passkey; null when the visitor did not want to. */
export function signByPasskey(options: object): Promise<object | null>;
