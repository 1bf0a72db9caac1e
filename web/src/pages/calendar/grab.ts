// One grip on an element, from the press until it is let go: where the pointer is, and whether it was let go there.
export interface Point {
  x: number;
  y: number;
}

const beginsAfter = 4; // px, with a mouse
const strays = 10; // px that a finger may move while it presses
const longPress = 400; // ms
const edge = 36; // px from the end of a scroller at which it goes on by itself
const edgeStep = 8; // px a frame

export function grab(
  press: PointerEvent,
  held: HTMLElement,
  moveTo: (to: Point) => void,
  end: (dropped: boolean) => void,
) {
  const isTouch = press.pointerType !== 'mouse';
  const from = { x: press.clientX, y: press.clientY };
  const scroller = held.closest<HTMLElement>('[data-scroller]');
  const letGo = new AbortController();
  const { signal } = letGo;
  let at: Point = from;
  let begun = false;
  let isMoved = false; // what is only pressed for long stays where it is
  let frame = 0;

  const begin = () => {
    begun = true;
    moveTo(at);
    if (scroller) frame = requestAnimationFrame(scrollOn);
  };
  const scrollOn = () => {
    const box = scroller!.getBoundingClientRect();
    const by = at.x > box.right - edge ? edgeStep : at.x < box.left + edge ? -edgeStep : 0;
    const before = scroller!.scrollLeft;
    scroller!.scrollLeft += by;
    if (scroller!.scrollLeft !== before) moveTo(at);
    frame = requestAnimationFrame(scrollOn);
  };
  const finish = (dropped: boolean) => {
    letGo.abort();
    window.clearTimeout(pressed);
    cancelAnimationFrame(frame);
    if (begun) end(dropped && isMoved);
  };
  const pressed = isTouch ? window.setTimeout(begin, longPress) : undefined;

  const onMove = (to: PointerEvent) => {
    if (to.pointerId !== press.pointerId) return;
    at = { x: to.clientX, y: to.clientY };
    const way = Math.hypot(at.x - from.x, at.y - from.y);
    isMoved ||= way > beginsAfter;
    if (begun) moveTo(at);
    else if (isTouch && way > strays) finish(false);
    else if (!isTouch && way > beginsAfter) begin();
  };
  const listen = { signal };
  window.addEventListener('pointermove', onMove, listen);
  window.addEventListener('pointerup', (up) => up.pointerId === press.pointerId && finish(true), listen);
  window.addEventListener('pointercancel', (gone) => gone.pointerId === press.pointerId && finish(false), listen);
  window.addEventListener('keydown', (key) => key.key === 'Escape' && finish(false), listen);
  // Once it is held, the finger moves it and no longer the page; the browser's own menu of a long press stays away.
  held.addEventListener('touchmove', (event) => begun && event.preventDefault(), { signal, passive: false });
  held.addEventListener('contextmenu', (event) => isTouch && event.preventDefault(), listen);
}
