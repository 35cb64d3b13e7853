import { type ReactNode, useEffect, useState } from 'react';
import { Route, Switch } from 'wouter';
import { AlertsScreen } from './alerts/AlertsScreen.tsx';
import { type ApiError, whenLoggedOut } from './api/client.ts';
import { logIn } from './api/login.ts';
import { AsksScreen } from './asks/AsksScreen.tsx';
import { AuditScreen } from './audit/AuditScreen.tsx';
import { InventoryScreen } from './inventory/InventoryScreen.tsx';
import { RulesScreen } from './rules/RulesScreen.tsx';
import { SessionScreen } from './session/SessionScreen.tsx';
import { SessionsScreen } from './sessions/SessionsScreen.tsx';
import { Gate, Unreachable } from './shell/Gate.tsx';
import { Shell } from './shell/Shell.tsx';
import { Blank } from './ui/States.tsx';

type Access = 'asking' | 'open' | 'closed' | 'unreachable';

/** Logging in once is enough, also where React mounts twice in development. */
let login: Promise<void> | undefined;

export function App(): ReactNode {
  const [access, setAccess] = useState<Access>('asking');
  useEffect(() => {
    whenLoggedOut(() => setAccess('closed'));
    login ??= logIn(window.location, window.history);
    login.then(
      () => setAccess('open'),
      (error: ApiError) => setAccess(error.status === 0 ? 'unreachable' : 'closed'),
    );
  }, []);
  if (access === 'asking') return null;
  if (access === 'closed') return <Gate />;
  if (access === 'unreachable') return <Unreachable />;
  return (
    <Shell>
      <Screens />
    </Shell>
  );
}

function Screens(): ReactNode {
  return (
    <Switch>
      <Route path="/">
        <SessionsScreen />
      </Route>
      <Route path="/sessions/:id">{({ id }) => <SessionScreen key={id} id={id} />}</Route>
      <Route path="/alerts/:id?">{({ id }) => <AlertsScreen id={id ?? ''} />}</Route>
      <Route path="/asks">
        <AsksScreen />
      </Route>
      <Route path="/rules/:id?">{({ id }) => <RulesScreen id={id ?? ''} />}</Route>
      <Route path="/inventory">
        <InventoryScreen />
      </Route>
      <Route path="/audit">
        <AuditScreen />
      </Route>
      <Route>
        <Blank title="There is no such page">The address may be from a newer version.</Blank>
      </Route>
    </Switch>
  );
}
