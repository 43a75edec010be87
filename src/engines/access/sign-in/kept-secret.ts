/** How the secret of one-time codes is kept: the one place where it is written and read. */
export async function keepSecret(secret: string): Promise<string> {
  return secret;
}

/** The secret as the codes are made of it, in base32. */
export async function readSecret(kept: string): Promise<string> {
  return kept;
}
