import { type Logger, pino } from 'pino';

/**
 * The structured log. It carries codes, public ids and references, never names, numbers or amounts of
 * persons: callers pass only the fields named here, and errors are logged by reference.
 */
export interface LogFields {
  readonly reference?: string;
  readonly command?: string;
  readonly code?: string;
  readonly account?: string;
  readonly period?: number;
  readonly ms?: number;
  readonly status?: number;
  readonly path?: string;
  readonly error?: string;
}

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log to a file (or stderr without one), one JSON object a line. */
export function openLog(file?: string): Log {
  const base: Logger =
    file === undefined
      ? pino({ level: 'warn' }, process.stderr)
      : pino({ level: 'info' }, pino.destination({ dest: file, sync: true, mkdir: true }));
  return {
    info: (message, fields = {}) => base.info(fields, message),
    warn: (message, fields = {}) => base.warn(fields, message),
    error: (message, fields = {}) => base.error(fields, message),
  };
}
