// A line to copy, such as the command that does the same.
import { useState } from 'react';
import s from './copy.module.css';

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS there is no clipboard to ask.
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

export function CopyLine({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    setCopied(await copyText(text));
    window.setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <span className={s.line}>
      <code className={s.text} tabIndex={0}>
        {text}
      </code>
      <button type="button" className={s.copy} onClick={copy} aria-label={`${label}: ${text}`}>
        {copied ? 'Copied' : label}
      </button>
    </span>
  );
}
