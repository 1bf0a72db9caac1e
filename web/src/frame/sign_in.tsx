import { useState } from 'react';
import { useAction } from '../api/use';
import { Button } from '../ui/button';
import { CopyLine } from '../ui/copy';
import { Field } from '../ui/field';
import s from './sign_in.module.css';

export function SignIn() {
  const [key, setKey] = useState('');
  const begin = useAction('session.begin', { quiet: true });
  return (
    <main className={s.page}>
      <img src="/favicon.svg" alt="" width={44} height={44} />
      <h1>Lazaret</h1>
      <p className={s.about}>
        Names and details are for who is signed in. The quickest way is a link; make one where the daemon runs:
      </p>
      <CopyLine text="lazaret sign-in" />
      <form
        className={s.form}
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate({ key: key.trim() });
        }}
      >
        <Field
          label="Or with a key"
          hint="lazaret token add NAME --scope viewer makes one"
          error={begin.error?.message}
        >
          <input
            type="password"
            value={key}
            onChange={(event) => setKey(event.target.value)}
            required
            autoComplete="current-password"
            placeholder="lzk_…"
            spellCheck={false}
          />
        </Field>
        <Button type="submit" look="strong" busy={begin.isPending}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
