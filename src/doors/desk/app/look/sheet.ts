import { createCache, extractStyle, StyleProvider } from '@ant-design/cssinjs';
import { Button, ConfigProvider, Input, Select } from 'antd';
import { createElement, Fragment, type ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import { theme } from './theme.ts';

/** Every antd component that the desk uses, in each kind that has rules of its own. */
export const samples: Readonly<Record<string, readonly ReactNode[]>> = {
  Button: [
    createElement(Button, { type: 'primary' }, 'x'),
    createElement(Button, { loading: true }, 'x'),
    createElement(Button, { type: 'link' }, 'x'),
  ],
  Input: [
    createElement(Input, { prefix: '¥', status: 'error' }),
    createElement(Input.Password),
    createElement(Input.TextArea),
  ],
  Select: [createElement(Select, { open: true, showSearch: true, options: [{ value: 'x' }] })],
};

/**
 * The style sheet of antd under the desk's theme. Made when the desk is built: at run time nothing writes styles into the
 * page, so that its content security policy needs neither a nonce nor 'unsafe-inline'.
 */
export function antdSheet(): string {
  const cache = createCache();
  const { zeroRuntime: _, ...written } = theme;
  renderToString(
    createElement(
      StyleProvider,
      { cache },
      createElement(
        ConfigProvider,
        { theme: written },
        createElement(Fragment, null, ...Object.values(samples).flat()),
      ),
    ),
  );
  return extractStyle(cache, { plain: true, types: ['style', 'token', 'cssVar'] });
}
