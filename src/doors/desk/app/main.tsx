import { StyleProvider } from '@ant-design/cssinjs';
import { ConfigProvider } from 'antd';
import 'virtual:antd.css';
import '../../look/tokens.css';
import './desk.css';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { LanguageProvider } from './language.tsx';
import { theme } from './look/theme.ts';
import { pages } from './pages.tsx';
import { SessionProvider } from './session.tsx';
import { Shell } from './shell.tsx';

const router = createBrowserRouter([{ path: '/', element: <Shell />, children: [...pages] }], {
  basename: '/desk',
});
// antd writes its variables into style elements; the same stand in the sheet made at the build, so these go nowhere.
const nowhere = document.createElement('div');

const place = document.querySelector('#desk');
if (place === null) throw new Error('no place for the desk');
createRoot(place).render(
  <StyleProvider container={nowhere}>
    <ConfigProvider theme={theme} button={{ autoInsertSpace: false }} wave={{ disabled: true }}>
      <LanguageProvider>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </LanguageProvider>
    </ConfigProvider>
  </StyleProvider>,
);
