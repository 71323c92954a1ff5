import { useEffect } from 'react';
import { Route, Switch } from 'wouter';
import { listenForKeys } from './commands';
import { PageFrame } from './PageFrame';
import { pages } from './routes';
import { Shell } from './Shell';

export function App() {
  useEffect(listenForKeys, []);
  return (
    <Shell>
      <Switch>
        {pages.map((page) => (
          <Route key={page.path} path={page.path}>
            <PageFrame title={page.title}>
              <page.view />
            </PageFrame>
          </Route>
        ))}
        <Route>
          <PageFrame title="Not found">
            <h1>There is no such page</h1>
            <p>
              <a href="/">To the board</a>
            </p>
          </PageFrame>
        </Route>
      </Switch>
    </Shell>
  );
}
