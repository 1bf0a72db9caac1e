// The calendar in a program for calendars: taken along once, or subscribed to.
import { useState } from 'react';
import { Button } from '../../ui/button';
import { CopyLine } from '../../ui/copy';
import { Dialog } from '../../ui/dialog';
import s from './panel.module.css';

export function Subscribe() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        Subscribe
      </Button>
      {open && (
        <Dialog
          open
          onClose={() => setOpen(false)}
          title="In a program for calendars"
          about="Each plan with its rule, each single slot."
        >
          <div className={s.form}>
            <p>To subscribe, make a key that may only look:</p>
            <CopyLine text="lazaret token add phone --scope viewer" />
            <p>and give the program this address, with that key. &amp;agent=NAME at the end shows one agent’s.</p>
            <CopyLine text={`${window.location.origin}/calendar.ics?access_key=KEY`} />
            <p>
              Or as it is now:{' '}
              <a href="/calendar.ics" download="lazaret.ics">
                calendar.ics
              </a>
            </p>
          </div>
        </Dialog>
      )}
    </>
  );
}
