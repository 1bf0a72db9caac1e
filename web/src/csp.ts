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

// The same for style attributes: set as properties they are no inline style, and the policy lets them be.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
  if (name === 'style' && this instanceof HTMLElement) this.style.cssText = value;
  else setAttribute.call(this, name, value);
};
