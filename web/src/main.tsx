import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './tokens.css';
import './base.css';
import { cache, followStream } from './api/client';
import { stream } from './api/stream';
import { App } from './app/App';
import { pageAt } from './app/routes';
import { applyTheme } from './app/theme';

applyTheme();
followStream();
// The stream is opened first: what is read afterwards is never older than what it tells. The page's code comes meanwhile.
await Promise.all([stream.start(), pageAt(window.location.pathname)?.view.ready()]);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
