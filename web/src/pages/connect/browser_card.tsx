// Who is signed in here, how the page looks, and a link to sign in elsewhere. On phones only this is where
// one signs out.
import { useState } from 'react';
import { routes } from '../../api/generated';
import { useAction, useMay, useSession, useSignOut } from '../../api/use';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { Field } from '../../ui/field';
import { chooseTheme, chosenTheme, type Theme } from '../../ui/theme';
import { exactText } from '../../ui/time';
import { ShownOnce } from './shown_once';
import s from './connect.module.css';

export function BrowserCard() {
  const session = useSession();
  const end = useSignOut();
  const link = useAction('sign_in.link');
  const mayLink = useMay(routes['sign_in.link'].scope);
  const [theme, setTheme] = useState<Theme>(chosenTheme());
  const choose = (next: Theme) => {
    setTheme(next);
    chooseTheme(next);
  };
  return (
    <Card title="This browser">
      <div className={s.form}>
        <p>
          Signed in as <span className={s.name}>{session.data?.name}</span>{' '}
          <span className="faint">({session.data?.scope})</span>
          {session.data?.until && <span className="faint small"> until {exactText(session.data.until)}</span>}
        </p>
        <Field label="Theme">
          <select value={theme} onChange={(event) => choose(event.target.value as Theme)}>
            <option value="system">As the system</option>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
        </Field>
        <div className={s.line}>
          <Button onClick={() => end.mutate()} busy={end.isPending}>
            Sign out
          </Button>
          {mayLink && (
            <Button onClick={() => link.mutate({})} busy={link.isPending}>
              Link to sign in elsewhere
            </Button>
          )}
        </div>
      </div>
      {link.data && (
        <ShownOnce
          title="A link to sign in"
          secret={link.data.url}
          about={`Good once${link.data.expires_at ? `, until ${exactText(link.data.expires_at)}` : ''}. Whoever opens it is an admin for twelve hours.`}
          onClose={() => link.reset()}
        />
      )}
    </Card>
  );
}
