/** What one visitor may take of the server. */
export interface Limits {
  /** The head of a request is there by then, and a TLS handshake is over. */
  readonly headersMs: number;
  /** The whole request is there by then, however large. */
  readonly requestMs: number;
  /** A body has so long, and beyond it the time that it takes at `bytesPerSecond`. */
  readonly bodyMs: number;
  readonly bytesPerSecond: number;
  /** An idle connection is kept so long for a next request. */
  readonly keepAliveMs: number;
  readonly headerBytes: number;
  /** Connections at once; of one address. */
  readonly connections: number;
  readonly connectionsOfOne: number;
}

/** A 50 MB workbook passes in time at 1.4 Mbit/s; an office behind one address has room for some forty browsers. */
export const defaultLimits: Limits = {
  headersMs: 10_000,
  requestMs: 330_000,
  bodyMs: 20_000,
  bytesPerSecond: 175_000,
  keepAliveMs: 15_000,
  headerBytes: 16 * 1024,
  connections: 2000,
  connectionsOfOne: 256,
};
