import { Input } from 'antd';
import type { ComponentProps, ReactNode } from 'react';

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly children: (attributes: {
    readonly id: string;
    readonly 'aria-describedby'?: string;
    readonly 'aria-invalid'?: true;
    readonly status?: 'error';
  }) => ReactNode;
}

/** Label, hint, error, then the field. */
export function Field({ id, label, hint, error, children }: FieldProps) {
  const described = [
    ...(hint === undefined ? [] : [`${id}-hint`]),
    ...(error === undefined ? [] : [`${id}-error`]),
  ].join(' ');
  return (
    <div className={error === undefined ? 'field' : 'field bad'}>
      <label htmlFor={id}>{label}</label>
      {hint === undefined ? null : (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p className="msg" id={`${id}-error`}>
          {error}
        </p>
      )}
      {children({
        id,
        ...(described === '' ? {} : { 'aria-describedby': described }),
        ...(error === undefined ? {} : { 'aria-invalid': true, status: 'error' }),
      })}
    </div>
  );
}

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly change: (value: string) => void;
  /** Width in characters. */
  readonly width?: 'day' | 'amount' | 'wide';
  readonly more?: Omit<ComponentProps<typeof Input>, 'value' | 'onChange' | 'id'>;
}

/** A line of text as wide as its answer. */
export function TextField({ value, change, width = 'wide', more = {}, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      {(attributes) => (
        <Input
          autoComplete="off"
          {...more}
          {...attributes}
          className={`w-${width}`}
          value={value}
          onChange={(e) => change(e.target.value)}
        />
      )}
    </Field>
  );
}

/** Why something is done: some lines that stand in the file. */
export function ReasonField(props: {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly error?: string | undefined;
  readonly value: string;
  readonly change: (value: string) => void;
}) {
  const { value, change, ...field } = props;
  return (
    <Field {...field}>
      {({ status: _, ...attributes }) => (
        <Input.TextArea
          {...attributes}
          className="w-wide"
          rows={2}
          maxLength={500}
          value={value}
          onChange={(e) => change(e.target.value)}
        />
      )}
    </Field>
  );
}

/** One of a few, each with its words. */
export function Choice<V extends string>(props: {
  readonly name: string;
  readonly label: string;
  readonly error?: string | undefined;
  readonly options: readonly (readonly [V, string])[];
  readonly value: V | null;
  readonly change: (value: V) => void;
}) {
  const { name, label, error, options, value, change } = props;
  return (
    <fieldset className={error === undefined ? 'field' : 'field bad'}>
      <legend>{label}</legend>
      {error === undefined ? null : <p className="msg">{error}</p>}
      {options.map(([option, words]) => (
        <label key={option} className="check">
          <input
            type="radio"
            name={name}
            checked={value === option}
            onChange={() => change(option)}
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
