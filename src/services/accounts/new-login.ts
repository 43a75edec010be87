/** A log-in as it is handed over: the password is told once, the store keeps its hash. */
export interface NewLogin {
  readonly account: string;
  readonly login: string;
  readonly name: string;
  readonly password: string;
}
