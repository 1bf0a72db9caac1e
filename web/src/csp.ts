// Some libraries put style elements into the page. The page's policy lets in those that carry its nonce, so
// each one that is made gets it.
import { setNonce } from 'get-nonce';

export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

const make = document.createElement;
document.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
  const element = make.call(this, name, options);
  if (name === 'style') element.nonce = nonce;
  return element;
} as typeof document.createElement;

setNonce(nonce);
