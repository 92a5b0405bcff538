// The ledger's table gets search, filters, sorting, a count and a bar; the choice lives in the address.
const explorer = document.querySelector('.explorer');
// Rows in the page at once; more come as the reader gets there.
const CHUNK = 300;
const FILTERS = [['section', 2], ['verdict', 3], ['confidence', 4], ['direction', 5], ['attribution', 6]];
// Signs of the evidence before and after a word that was found.
const AROUND = 60;
const SIGNS = /^[^\w]*\s*/;
const RANKS = { verdict: ['accurate', 'mostly accurate', 'outdated', 'misleading', 'inaccurate', 'unproven', 'not checkable', 'pending'], confidence: ['high', 'moderate', 'low', ''] };

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function start() {
  const table = explorer.querySelector('table');
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows].map((row, order) => {
    const cells = [...row.cells].map((cell) => cell.textContent);
    const marker = row.querySelector('.claim');
    const found = { row, order, cells, name: cells[0].match(/[\w-]+/)?.[0] ?? '', code: marker?.dataset.verdict ?? '' };
    for (const [name, column] of FILTERS) found[name] = cells[column].replace(name === 'verdict' ? SIGNS : /^$/, '').trim();
    found.sign = cells[3].slice(0, cells[3].length - found.verdict.length).trim();
    return found;
  });
  const state = {};
  let shown = rows, drawn = 0, words = [];

  const search = element('input', { type: 'search', name: 'q', autocomplete: 'off' });
  const controls = element('div', { class: 'controls', role: 'search', 'aria-label': 'Claims' }, element('label', {}, 'Search claims and evidence', search));
  const selects = FILTERS.map(([name]) => {
    const values = [...new Set(rows.map((row) => row[name]))].filter(Boolean);
    if (RANKS[name]) values.sort((a, b) => RANKS[name].indexOf(a) - RANKS[name].indexOf(b));
    const select = element('select', { name }, element('option', { value: '' }, 'All'), ...values.map((value) => element('option', { value }, value)));
    controls.append(element('label', {}, name[0].toUpperCase() + name.slice(1), select));
    return select;
  });
  const reset = element('button', { type: 'button' }, 'Show all');
  const download = element('button', { type: 'button' }, 'Download as CSV');
  controls.append(reset, download);
  const count = element('p', { role: 'status' });
  const bar = element('div', { class: 'verdict-bar' });
  const scroller = explorer.querySelector('.scroll');
  scroller.before(controls, count, bar);

  function text(row) {
    row.text ??= (row.cells.join(' ') + ' ' + (document.getElementById('claim-' + row.name)?.textContent ?? '')).toLowerCase();
    return row.text;
  }

  // Where a word that was searched for stands in the evidence alone, its row shows it there.
  function showFound({ row, cells, name }) {
    row.querySelector('.found')?.remove();
    const said = cells.join(' ').toLowerCase();
    const missing = words.filter((word) => !said.includes(word));
    if (!missing.length) return;
    const evidence = document.getElementById('claim-' + name).textContent.replace(/\s+/g, ' ');
    const lower = evidence.toLowerCase();
    const excerpt = element('p', { class: 'found' });
    for (const word of missing) {
      const at = lower.indexOf(word), end = at + word.length;
      if (excerpt.textContent.toLowerCase().includes(word)) continue;
      const from = at > AROUND ? Math.min(at, lower.indexOf(' ', at - AROUND) + 1) : 0;
      const to = Math.max(end, lower.lastIndexOf(' ', end + AROUND));
      excerpt.append(' …', evidence.slice(from, at), element('mark', {}, evidence.slice(at, end)), evidence.slice(end, to), '…');
    }
    row.cells[1].append(excerpt);
  }

  // Pressed, a verdict is the only one shown; pressed again, all are.
  function countButton(row, number) {
    const pressed = state.verdict === row.verdict;
    const button = element('button', { type: 'button', 'aria-pressed': pressed }, element('span', { 'aria-hidden': 'true' }, row.sign), ' ', element('b', {}, String(number)), ' ' + row.verdict);
    button.addEventListener('click', () => {
      state.verdict = pressed ? '' : row.verdict;
      show();
      bar.querySelector(`[data-verdict="${row.code}"] button`).focus();
    });
    return button;
  }

  function drawBar() {
    const counts = new Map();
    for (const row of shown) counts.set(row.code, (counts.get(row.code) ?? 0) + 1);
    const known = RANKS.verdict.map((word) => rows.find((row) => row.verdict === word)).filter((row) => row && counts.has(row.code));
    bar.replaceChildren(
      element('div', { class: 'bar', 'aria-hidden': 'true' }, ...known.map((row) => {
        const part = element('span', { 'data-verdict': row.code });
        part.style.flexGrow = counts.get(row.code);
        return part;
      })),
      element('ul', {}, ...known.map((row) => element('li', { 'data-verdict': row.code }, countButton(row, counts.get(row.code))))),
    );
  }

  function more() {
    if (drawn >= shown.length) return;
    const next = shown.slice(drawn, drawn + CHUNK);
    next.forEach(showFound);
    body.append(...next.map((found) => found.row));
    drawn += CHUNK;
  }

  function sorted(found) {
    const [name, way] = (state.sort ?? '').split('.');
    const column = heads.findIndex((head) => head.dataset.name === name);
    heads.forEach((head, n) => (n === column ? head.setAttribute('aria-sort', way === 'down' ? 'descending' : 'ascending') : head.removeAttribute('aria-sort')));
    if (column < 0) return found;
    const key = RANKS[name] ? (row) => RANKS[name].indexOf(row[name]) : column === 0 ? (row) => row.order : (row) => row.cells[column];
    const turn = way === 'down' ? -1 : 1;
    const compare = new Intl.Collator('en').compare;
    return found.map((row) => [key(row), row]).sort(([a, one], [b, other]) => turn * (typeof a === 'number' ? a - b : compare(a, b)) || one.order - other.order).map(([, row]) => row);
  }

  function draw() {
    words = (state.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    shown = sorted(rows.filter((row) => FILTERS.every(([name]) => !state[name] || row[name] === state[name]) && words.every((word) => text(row).includes(word))));
    explorer.classList.toggle('narrowed', shown.length < rows.length);
    body.replaceChildren();
    drawn = 0;
    more();
    if (shown.length === rows.length) count.textContent = `All ${rows.length} claims`;
    else if (shown.length) count.textContent = `${shown.length} of ${rows.length} claims`;
    else count.textContent = `None of ${rows.length} claims has all of this: take a filter away, or show all.`;
    const by = heads.find((head) => head.ariaSort);
    if (by && shown.length) count.append(`, sorted by ${by.textContent.toLowerCase()}`);
    drawBar();
  }

  function write() {
    for (const key of Object.keys(state)) if (!state[key]) delete state[key];
    const query = new URLSearchParams(state).toString();
    history.replaceState(null, '', query ? '#claims?' + query : '#claims');
    draw();
  }

  function read() {
    const query = location.hash.startsWith('#claims?') ? location.hash.slice(8) : null;
    for (const key of Object.keys(state)) delete state[key];
    if (query !== null) {
      Object.assign(state, Object.fromEntries(new URLSearchParams(query)));
      requestAnimationFrame(() => explorer.scrollIntoView({ behavior: 'instant' }));
    }
    fill();
    draw();
  }

  function fill() {
    search.value = state.q ?? '';
    selects.forEach((select) => { select.value = state[select.name] ?? ''; });
  }

  function show() {
    fill();
    write();
  }

  heads.forEach((head, column) => {
    head.dataset.name = FILTERS.find(([, n]) => n === column)?.[0] ?? ['claim', 'says'][column];
    const button = element('button', { type: 'button' }, head.textContent);
    button.addEventListener('click', () => {
      const [name, way] = (state.sort ?? '').split('.');
      state.sort = name !== head.dataset.name ? head.dataset.name : way === 'down' ? '' : head.dataset.name + '.down';
      write();
    });
    head.replaceChildren(button);
  });
  let timer;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => { state.q = search.value.trim(); write(); }, 120);
  });
  for (const select of selects) select.addEventListener('change', () => { state[select.name] = select.value; write(); });
  reset.addEventListener('click', () => { for (const key of Object.keys(state)) delete state[key]; show(); });
  download.addEventListener('click', () => {
    const quote = (cell) => (/[",\n]/.test(cell) ? '"' + cell.replaceAll('"', '""') + '"' : cell);
    const lines = shown.map((row) => [row.name, row.cells[1].trim(), ...FILTERS.map(([name]) => row[name])].map(quote).join(','));
    const file = new Blob([['claim,says,section,verdict,confidence,direction,attribution', ...lines, ''].join('\n')], { type: 'text/csv' });
    const link = element('a', { href: URL.createObjectURL(file), download: 'claims.csv' });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  const end = element('div', { 'aria-hidden': 'true' });
  scroller.after(end);
  new IntersectionObserver((found) => { if (found[0].isIntersecting) more(); }, { rootMargin: '600px' }).observe(end);
  addEventListener('beforeprint', () => { while (drawn < shown.length) more(); });
  addEventListener('hashchange', () => { if (location.hash.startsWith('#claims?')) read(); });
  read();
}

if (explorer) {
  // Dressed up as soon as the browser has time, so that nothing moves under a reader who gets there; at once when the address asks.
  const begin = () => { if (!explorer.dataset.ready) { explorer.dataset.ready = 'yes'; start(); } };
  const later = window.requestIdleCallback ?? setTimeout;
  addEventListener('hashchange', () => { if (location.hash.startsWith('#claims')) begin(); });
  if (location.hash.startsWith('#claims')) begin();
  else addEventListener('load', () => later(begin));
}
