// A page that was loaded while the daemon restarted may have got its scripts and not its styles: they are
// asked for again until they are there.
const pause = 500; // ms

export function mendStyles() {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
    if (!link.sheet) fetchAgain(link);
  }
}

function fetchAgain(link: HTMLLinkElement) {
  const next = link.cloneNode() as HTMLLinkElement;
  next.onerror = () => window.setTimeout(() => fetchAgain(next), pause);
  link.replaceWith(next);
}
