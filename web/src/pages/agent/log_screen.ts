// The terminal that shows a log: bounded, searched, in the page's colours.
import { Terminal, type ITheme } from '@xterm/xterm';
import { SearchAddon } from '@xterm/addon-search';
import '@xterm/xterm/css/xterm.css';
import { markerOf, textOf } from './log_text';
import type { Batch } from './log_feed';

export const linesKept = 20_000;
const handRests = 1_500; // ms after which a movement is not the reader's any more

const colourNames = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
const scrolls: Record<string, (terminal: Terminal) => void> = {
  PageUp: (terminal) => terminal.scrollPages(-1),
  PageDown: (terminal) => terminal.scrollPages(1),
  ArrowUp: (terminal) => terminal.scrollLines(-1),
  ArrowDown: (terminal) => terminal.scrollLines(1),
  Home: (terminal) => terminal.scrollToTop(),
  End: (terminal) => terminal.scrollToBottom(),
};

function themeOf(box: HTMLElement): ITheme {
  const style = getComputedStyle(box);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const named = colourNames.flatMap((name) => {
    const bright = `bright${name[0]!.toUpperCase()}${name.slice(1)}`;
    return [
      [name, colour(`--ansi-${name}`)],
      [bright, colour(`--ansi-bright-${name}`) || colour(`--ansi-${name}`)],
    ];
  });
  return {
    background: colour('--sunken'),
    foreground: colour('--ink'),
    cursor: colour('--sunken'),
    selectionBackground: colour('--line-strong'),
    ...Object.fromEntries(named),
  };
}

export interface Found {
  at: number; // -1: not known
  of: number;
}

export class LogScreen {
  readonly terminal: Terminal;
  private search = new SearchAddon();
  private undo: (() => void)[] = [];
  private touched = -Infinity;

  constructor(
    private box: HTMLElement,
    label: string,
    onMove: () => void,
    onFound: (found: Found) => void,
  ) {
    const font = getComputedStyle(box).getPropertyValue('--mono');
    this.terminal = new Terminal({
      scrollback: linesKept,
      disableStdin: true,
      cursorInactiveStyle: 'none',
      cursorStyle: 'bar',
      fontFamily: font,
      fontSize: 12.5,
      lineHeight: 1.25,
      minimumContrastRatio: 4.5,
      theme: themeOf(box),
      allowProposedApi: true,
      linkHandler: { activate: () => undefined },
    });
    this.terminal.loadAddon(this.search);
    this.terminal.open(box);
    this.terminal.textarea?.setAttribute('aria-label', label);
    this.terminal.attachCustomKeyEventHandler((event) => this.onKey(event, onMove));
    this.search.onDidChangeResults(({ resultIndex, resultCount }) => onFound({ at: resultIndex, of: resultCount }));
    const viewport = box.querySelector('.xterm-viewport');
    const moved = () => requestAnimationFrame(onMove);
    viewport?.addEventListener('scroll', moved);
    this.watchReader();
    this.watchSize();
    this.watchTheme();
  }

  end() {
    for (const one of this.undo) one();
    this.terminal.dispose();
  }

  get isAtEnd() {
    const { viewportY, baseY } = this.terminal.buffer.active;
    return viewportY >= baseY;
  }

  // What is written and a change of size move it too; only the reader's own hand means that it is to be held.
  get movedByReader() {
    return performance.now() - this.touched < handRests;
  }

  private watchReader() {
    const touch = (event: Event) => {
      if (!(event instanceof PointerEvent) || event.buttons > 0) this.touched = performance.now();
    };
    for (const kind of ['wheel', 'pointerdown', 'pointermove', 'touchmove', 'keydown'])
      this.box.addEventListener(kind, touch, { capture: true, passive: true });
  }

  // About as many as are loaded: long ones count for several.
  get lines() {
    return this.terminal.buffer.active.length;
  }

  // Older lines come above those that are there: then the place where the two meet is shown.
  async fresh(batch: Batch, look: 'older' | 'top' | 'end') {
    const { baseY } = this.terminal.buffer.active;
    this.terminal.reset();
    await this.write(textOf(batch.lines, batch.continues));
    if (look === 'top') this.terminal.scrollToTop();
    if (look === 'older')
      this.terminal.scrollToLine(Math.max(0, this.terminal.buffer.active.baseY - baseY - this.terminal.rows + 2));
  }

  more(batch: Batch) {
    return this.write((batch.missing ? markerOf(batch.missing) : '') + textOf(batch.lines, batch.continues));
  }

  // All that is loaded, as plain text.
  get text() {
    this.terminal.selectAll();
    const text = this.terminal.getSelection();
    this.terminal.clearSelection();
    return text.trimEnd();
  }

  toEnd() {
    this.terminal.scrollToBottom();
  }

  find(text: string, back = false) {
    const style = getComputedStyle(this.box);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const decorations = {
      matchBackground: colour('--found'),
      matchOverviewRuler: colour('--warn'),
      activeMatchBackground: colour('--found-here'),
      activeMatchColorOverviewRuler: colour('--bad'),
    };
    if (!text) return this.search.clearDecorations();
    if (back) this.search.findPrevious(text, { decorations });
    else this.search.findNext(text, { decorations });
  }

  private write(text: string) {
    return new Promise<void>((done) => this.terminal.write(text, done));
  }

  // Keys scroll; all others are the page's, so that Tab leaves the terminal.
  private onKey(event: KeyboardEvent, onMove: () => void) {
    const scroll = scrolls[event.key];
    if (event.type === 'keydown' && scroll && !event.ctrlKey && !event.metaKey && !event.altKey) {
      scroll(this.terminal);
      event.preventDefault();
      onMove();
    }
    return false;
  }

  private watchSize() {
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(this.box);
    this.undo.push(() => observer.disconnect());
    this.fit();
  }

  private fit() {
    const screen = this.box.querySelector<HTMLElement>('.xterm-screen');
    if (!screen || screen.clientWidth === 0) return;
    const scrollbar = 16;
    const style = getComputedStyle(this.box);
    const width = this.box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - scrollbar;
    const height = this.box.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const columns = Math.max(20, Math.floor(width / (screen.clientWidth / this.terminal.cols)));
    const rows = Math.max(5, Math.floor(height / (screen.clientHeight / this.terminal.rows)));
    if (columns !== this.terminal.cols || rows !== this.terminal.rows) this.terminal.resize(columns, rows);
  }

  private watchTheme() {
    const observer = new MutationObserver(() => (this.terminal.options.theme = themeOf(this.box)));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    this.undo.push(() => observer.disconnect());
  }
}
