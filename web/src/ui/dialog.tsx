// A question in front of the page. The focus stays in it and goes back to where it was (Radix).
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import s from './dialog.module.css';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  about?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, about, wide, children }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={s.ground} />
        <Radix.Content
          className={`${s.dialog} ${wide ? s.wide : ''}`}
          {...(about ? {} : { 'aria-describedby': undefined })}
        >
          <Radix.Title className={s.title}>{title}</Radix.Title>
          {about && <Radix.Description className={s.about}>{about}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
