
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const byId = (id) => document.getElementById(id);
const PAGE = 100;

// Everything that was found is text: elements are made here, markup never comes from the data.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'onclick') made.addEventListener('click', value);
    else if (value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
const number = (value) => value.toLocaleString('en');
function bytes(value) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit += 1; }
  return `${unit && value < 100 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;
function pathOf(text) {
  const cut = text.lastIndexOf('/') + 1;
  return element('bdi', { class: 'path', title: text },
    element('span', { class: 'folder' }, text.slice(0, cut)), text.slice(cut));
}

// Tables: columns are {title, key: row → value to sort by, cell: row → node or text, num, late}.
function table(rows, columns, { filter = null, sorted = -1, descending = false, page = PAGE } = {}) {
  const state = { column: sorted, descending, needle: '', shown: page };
  const body = element('tbody');
  const count = element('span');
  const more = element('button', { class: 'more', type: 'button',
    onclick: () => { state.shown += 5 * page; draw(); } });
  const heads = columns.map((column, at) => {
    const head = element('th', { scope: 'col', class: classes(column), tabindex: '0',
      'aria-sort': 'none', onclick: () => sortBy(at) }, column.title);
    head.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); sortBy(at); }
    });
    return head;
  });
  function classes(column) { return [column.num && 'num', column.late && 'late'].filter(Boolean).join(' '); }
  function sortBy(at) {
    const first = state.column !== at;
    state.descending = first ? Boolean(columns[at].num) : !state.descending;
    state.column = at;
    draw();
  }
  function chosen() {
    const found = filter && state.needle
      ? rows.filter((row) => filter(row).toLowerCase().includes(state.needle)) : rows.slice();
    if (state.column >= 0) {
      const { key } = columns[state.column];
      const sign = state.descending ? -1 : 1;
      found.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    }
    return found;
  }
  function draw() {
    const found = chosen();
    heads.forEach((head, at) => head.setAttribute('aria-sort', at !== state.column ? 'none'
      : state.descending ? 'descending' : 'ascending'));
    body.replaceChildren(...found.slice(0, state.shown).map((row) => element('tr', {},
      ...columns.map((column) => element('td',
        { class: [classes(column), column.css].filter(Boolean).join(' ') }, column.cell(row))))));
    count.textContent = found.length === rows.length ? plural(rows.length, 'row', 'rows')
      : `${number(found.length)} of ${number(rows.length)} rows`;
    more.hidden = found.length <= state.shown;
    more.textContent = `Show more (${number(Math.max(0, found.length - state.shown))} left)`;
  }
  const tools = element('div', { class: 'tools' });
  if (filter) {
    const input = element('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter' });
    input.addEventListener('input', () => {
      state.needle = input.value.trim().toLowerCase();
      state.shown = page;
      draw();
    });
    tools.append(input);
  }
  tools.append(count);
  draw();
  return [tools, element('div', { class: 'scroll' },
    element('table', {}, element('thead', {}, element('tr', {}, ...heads)), body)), more];
}
const none = (text) => [element('p', { class: 'none' }, text)];
const pathColumn = { title: 'File', key: (r) => r[0], cell: (r) => pathOf(r[0]), css: 'wide' };
const lineColumn = { title: 'Line', key: (r) => r[1], cell: (r) => (r[1] ? number(r[1]) : '–'), num: true };

function filesPanel() {
  return table(data.files, [pathColumn,
    { title: 'Type', key: (r) => r[1], cell: (r) => element('span', { class: 'tag' }, r[1]) },
    { title: 'Size', key: (r) => r[2], cell: (r) => bytes(r[2]), num: true },
    { title: 'Lines', key: (r) => r[3], cell: (r) => (r[3] ? number(r[3]) : '–'), num: true },
    { title: 'Licence', key: (r) => r[4], cell: (r) => (r[4] === 'none' ? '–' : r[4]), late: true },
    { title: 'Findings', key: (r) => r[5], num: true,
      cell: (r) => (r[5] ? element('span', { class: 'tag warn' }, number(r[5])) : '–') },
    { title: 'sha256', key: (r) => r[6], late: true,
      cell: (r) => element('code', { title: r[6] }, r[6].slice(0, 12) || '–') },
  ], { filter: (r) => `${r[0]} ${r[1]} ${r[4]} ${r[6]}` });
}
function findingsPanel(rows, css, what, empty) {
  if (!rows.length) return none(empty);
  return table(rows, [pathColumn, lineColumn,
    ...(rows.some((r) => r[2]) ? [{ title: 'Kind', key: (r) => r[2],
      cell: (r) => element('span', { class: `tag ${css}` }, r[2]) }] : []),
    { title: what, key: (r) => r[3], cell: (r) => element('bdi', {}, r[3]), css: 'text' }],
  { filter: (r) => r.join(' ') });
}
function groups(rows, describe, paths) {
  return rows.map((row) => element('div', { class: 'group' }, element('p', {}, describe(row)),
    ...paths(row).map(pathOf)));
}
function duplicatesPanel() {
  if (!data.exact.length) return none('No two files hold the same bytes.');
  return groups(data.exact, (g) => `${number(g.paths.length)} equal files of ${bytes(g.size)}, `
    + `${bytes(g.size * (g.paths.length - 1))} could be saved`, (g) => g.paths);
}
function nearPanel() {
  if (!data.near.length) return none('No two texts share four fifths of their lines.');
  return groups(data.near, (p) => `${Math.floor(100 * p.shared / p.together)} % alike: `
    + `${number(p.shared)} of ${number(p.together)} distinct lines shared`, (p) => [p.a, p.b]);
}
function licencesPanel() {
  const rows = Object.entries(data.totals.licences);
  if (!rows.length) return none('No text files.');
  return table(rows, [
    { title: 'Licence named in the first 4 KB', key: (r) => r[0], cell: (r) => r[0] },
    { title: 'Text files', key: (r) => r[1], cell: (r) => number(r[1]), num: true },
  ], { sorted: 1, descending: true });
}
function workPanel() {
  const audit = data.audit;
  const steps = (row) => row[2].map(([agent, incarnation, files]) => element('span', { class: 'step' },
    `${agent} `, element('span', { class: 'tag' }, `start ${incarnation}`), ` ${plural(files, 'file', 'files')}`));
  const cell = (row) => { const s = element('span'); s.append(...steps(row)); return s; };
  return [element('p', { class: 'prose' },
    `The audit, written in another language, recomputed ${plural(audit.totals, 'total', 'totals')}`
    + `${audit.index ? ', the whole word index,' : ''} and ${number(audit.sampled)} of ${plural(audit.files, 'file', 'files')} chosen at random: `,
    element('span', { class: `tag ${audit.different ? 'bad' : 'good'}` },
      audit.different ? plural(audit.different, 'difference', 'differences') : 'no difference')),
  element('p', { class: 'prose' }, 'Each piece of the work, and who did it. More than one step means that a '
    + 'worker was lost and another one went on from its checkpoint.'),
  ...table(data.work, [
    { title: 'Task', key: (r) => r[0], cell: (r) => element('code', {}, r[0]) },
    { title: 'Files', key: (r) => r[1], cell: (r) => number(r[1]), num: true },
    { title: 'Workers', key: (r) => r[2].length, cell, css: 'wide' }])];
}

const tabs = [
  ['files', 'Files', data.totals.files, filesPanel],
  ['secrets', 'Secrets', data.totals.secrets, () => findingsPanel(data.findings.secrets, 'bad',
    'Shape (never shown in full)', 'Nothing looks like a secret.')],
  ['todos', 'TODO', data.totals.todos, () => findingsPanel(data.findings.todos, 'warn', 'Text',
    'No TODO, FIXME, XXX or HACK.')],
  ['links', 'Broken links', data.totals.broken_links, () => findingsPanel(data.findings.links, '',
    'Leads nowhere', 'Every relative link leads somewhere.')],
  ['exact', 'Duplicates', data.totals.exact_groups, duplicatesPanel],
  ['near', 'Near duplicates', data.near.length, nearPanel],
  ['licences', 'Licences', Object.keys(data.totals.licences).length, licencesPanel],
  ['work', 'How it was made', null, workPanel],
];
function show(id, move = false) {
  for (const button of byId('tabs').children) {
    const selected = button.id === `tab-${id}`;
    button.setAttribute('aria-selected', String(selected));
    button.tabIndex = selected ? 0 : -1;
    if (selected && move) button.scrollIntoView({ block: 'nearest', inline: 'center' });
  }
  const panel = byId('panel');
  panel.setAttribute('aria-labelledby', `tab-${id}`);
  panel.replaceChildren(...tabs.find((tab) => tab[0] === id)[3]());
  if (move) panel.scrollIntoView({ block: 'start', behavior: 'smooth' });
}
function drawTabs() {
  byId('tabs').append(...tabs.map(([id, title, count]) => element('button', { id: `tab-${id}`,
    role: 'tab', type: 'button', 'aria-controls': 'panel', onclick: () => show(id) }, title,
  ...(count === null ? [] : [element('em', {}, number(count))]))));
  byId('tabs').addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex(([id]) => document.activeElement.id === `tab-${id}`);
    const [next] = tabs[(at + step + tabs.length) % tabs.length];
    show(next);
    byId(`tab-${next}`).focus();
  });
}
function drawTiles() {
  const t = data.totals;
  const tile = (value, label, tab, css = '') => element(tab ? 'button' : 'div',
    { class: `tile ${css}`, type: tab ? 'button' : null, ...(tab ? { onclick: () => show(tab, true) } : {}) },
    element('b', {}, value), element('span', {}, label));
  byId('tiles').append(
    tile(number(t.files), 'files', 'files'), tile(bytes(t.bytes), 'in all'),
    tile(number(t.lines), 'lines of text'), tile(number(data.index_totals.words), 'distinct words'),
    tile(number(t.secrets), 'secret-shaped strings', 'secrets', t.secrets ? 'bad' : 'good'),
    tile(number(t.todos), 'TODO and the like', 'todos', t.todos ? 'warn' : 'good'),
    tile(number(t.broken_links), 'broken links', 'links', t.broken_links ? 'warn' : 'good'),
    tile(bytes(t.wasted_bytes), plural(t.exact_groups, 'group of equal files', 'groups of equal files'),
      'exact'),
    tile(number(data.near.length), 'near duplicates', 'near'),
    tile(data.audit.different ? 'differs' : 'agrees', `audit of ${number(data.audit.sampled)} files`, 'work',
      data.audit.different ? 'bad' : 'good'));
}
function drawTypes() {
  const all = Object.entries(data.totals.types).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const rows = all.slice(0, 8);
  const rest = all.slice(8).reduce((sum, row) => sum + row[1], 0);
  if (rest) rows.push([plural(all.length - 8, 'other type', 'other types'), rest]);
  const bar = element('div', { class: 'bar', 'aria-hidden': 'true' });
  const legend = element('ul', { class: 'legend' });
  rows.forEach(([name, count], at) => {
    const part = element('i', { class: `c${at}` });
    part.style.flexGrow = count;
    bar.append(part);
    legend.append(element('li', {}, element('i', { class: `c${at}` }), `${name} `,
      element('em', {}, number(count))));
  });
  byId('types').append(element('h2', {}, 'What the files are'), bar, legend);
}

// The index is one line a word, in order: a prefix is found by bisection.
const lines = data.index ? data.index.split('\n') : [];
const words = lines.map((line) => line.slice(0, line.indexOf(' ')));
function filesWith(prefix) {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle] < prefix) low = middle + 1; else high = middle;
  }
  const found = new Map();
  for (let at = low; at < words.length && words[at].startsWith(prefix); at += 1) {
    let id = 0;
    for (const step of lines[at].slice(words[at].length + 1).split(' ')) {
      id += parseInt(step, 36);
      if (!found.has(id) || words[at] === prefix) found.set(id, words[at]);
    }
  }
  return found;
}
function search() {
  const terms = byId('q').value.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter((term) => term.length > 1);
  const list = byId('results');
  list.replaceChildren();
  if (!terms.length) {
    byId('hits').textContent = `${number(data.index_totals.words)} words, all of them in this page`
      + (data.index_dropped ? `, but for the ${number(data.index_dropped)} most frequent ones` : '');
    return;
  }
  const sets = terms.map(filesWith);
  const ids = [...sets[0].keys()].filter((id) => sets.every((set) => set.has(id)));
  const exact = (id) => sets.filter((set, at) => set.get(id) === terms[at]).length;
  ids.sort((a, b) => exact(b) - exact(a) || a - b);
  byId('hits').textContent = `${plural(ids.length, 'file holds', 'files hold')} `
    + `${terms.map((term) => `“${term}…”`).join(' and ')}${ids.length > 30 ? '; the first 30' : ''}`;
  list.append(...ids.slice(0, 30).map((id) => element('li', {},
    data.files[id] ? pathOf(data.files[id][0]) : element('span', { class: 'path' }, `file ${id}`),
    element('span', { class: 'tag' }, [...new Set(sets.map((set) => set.get(id)))].join(', ')))));
}

byId('meta').textContent = `${data.root} · ${data.made}`
  + (data.left_out.length ? ` · left out: ${data.left_out.slice(0, 6).join(', ')}`
    + (data.left_out.length > 6 ? ` and ${data.left_out.length - 6} more` : '') : '');
byId('digest').textContent = data.digest;
drawTiles();
drawTypes();
drawTabs();
show('files');
byId('q').addEventListener('input', search);
search();
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement.tagName !== 'INPUT') {
    event.preventDefault();
    byId('q').focus();
  } else if (event.key === 'Escape' && document.activeElement === byId('q')) {
    byId('q').value = '';
    search();
  }
});
