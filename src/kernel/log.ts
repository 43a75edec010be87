import { mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
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

/**
 * A log to a file (or stderr without one), one JSON object a line. The file is opened with the first line; where it cannot be
 * written (a full disk, a folder for reading only) the work goes on without it.
 */
export function openLog(file?: string): Log {
  let base: Logger | undefined;
  const logger = (): Logger => {
    base ??= file === undefined ? stderrLog() : fileLog(file);
    return base;
  };
  return {
    info: (message, fields = {}) => logger().info(fields, message),
    warn: (message, fields = {}) => logger().warn(fields, message),
    error: (message, fields = {}) => logger().error(fields, message),
  };
}

function stderrLog(): Logger {
  return pino({ level: 'warn' }, process.stderr);
}

function fileLog(file: string): Logger {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    const out = pino.destination({ dest: openSync(file, 'a'), sync: true });
    out.on('error', () => undefined);
    return pino({ level: 'info' }, out);
  } catch {
    return stderrLog();
  }
}

/** Kind and place of a fault; its message may hold a person's data and stays out of the log. */
export function faultPlace(fault: unknown): string {
  if (!(fault instanceof Error)) return typeof fault;
  const frames = (fault.stack ?? '').split('\n').filter((l) => /^\s+at /.test(l));
  const code = (fault as { code?: unknown }).code;
  const kind = typeof code === 'string' ? `${fault.name} ${code}` : fault.name;
  return [kind, ...frames.slice(0, 12)].join('\n');
}
