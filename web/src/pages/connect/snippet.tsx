// A piece of text to copy, of several lines.
import { useState } from 'react';
import { Button } from '../../ui/button';
import { copyText } from '../../ui/copy';
import s from './connect.module.css';

export function Snippet({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    setCopied(await copyText(text));
    window.setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <div className={s.snippet}>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <Button size="small" look="quiet" onClick={copy} aria-label={`Copy: ${label}`}>
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
