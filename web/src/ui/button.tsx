import type { ButtonHTMLAttributes } from 'react';
import s from './button.module.css';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: 'plain' | 'strong' | 'danger' | 'quiet';
  size?: 'small' | 'usual';
  busy?: boolean;
}

export function Button({ look = 'plain', size = 'usual', busy, className, disabled, ...rest }: Props) {
  const names = [s.button, s[look], s[size], className].filter(Boolean).join(' ');
  return <button type="button" className={names} disabled={disabled || busy} aria-busy={busy} {...rest} />;
}
