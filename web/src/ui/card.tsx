import type { ReactNode } from 'react';
import s from './card.module.css';

interface Props {
  title?: ReactNode;
  actions?: ReactNode;
  flush?: boolean; // the content reaches the edges
  children: ReactNode;
}

export function Card({ title, actions, flush, children }: Props) {
  return (
    <section className={`${s.card} ${flush ? s.flush : ''}`}>
      {(title || actions) && (
        <header className={s.head}>
          {title && <h2>{title}</h2>}
          {actions && <div className={s.actions}>{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

export function PageHead({ title, about, actions }: { title: ReactNode; about?: ReactNode; actions?: ReactNode }) {
  return (
    <header className={s.page}>
      <div className={s.words}>
        <h1>{title}</h1>
        {about && <div className={s.about}>{about}</div>}
      </div>
      {actions && <div className={s.actions}>{actions}</div>}
    </header>
  );
}
