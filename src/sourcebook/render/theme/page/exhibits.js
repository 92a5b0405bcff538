// Exhibits: a larger view, and citations that can be copied.
const dialog = document.createElement('dialog');
dialog.className = 'enlarged';
dialog.innerHTML = '<form method="dialog"><span></span><button>Close</button></form>';
document.body.append(dialog);
let home;
const upright = matchMedia('(max-width: 42rem) and (orientation: portrait)');

// How many times as wide as high a picture is.
function shape(picture) {
  const { width, height } = picture.querySelector('svg')?.viewBox.baseVal ?? picture;
  return width / height;
}

// On an upright phone a wide drawing is turned (exhibits.css); where it would become small all the same, the narrow one is shown.
const FLAT = 1.6;
function choose(wide, narrow) {
  return upright.matches && narrow && shape(wide) < FLAT ? narrow : wide;
}

dialog.addEventListener('close', () => {
  home?.picture && home.before.replaceWith(home.picture);
  home?.button.focus({ preventScroll: true });
  home = null;
});

function enlarge(figure, picture, button) {
  // As high: the page stays where it is.
  const before = document.createElement('div');
  before.style.height = `${picture.offsetHeight}px`;
  picture.replaceWith(before);
  home = { picture, before, button };
  const name = [...figure.querySelectorAll('figcaption :is(.number, .finding)')].map((one) => one.textContent.trim()).join(' ') || 'Picture';
  dialog.querySelector('span').textContent = name;
  dialog.setAttribute('aria-label', name);
  dialog.classList.toggle('turned', shape(picture) > 1);
  dialog.append(picture);
  dialog.showModal();
}

for (const figure of document.querySelectorAll('figure.exhibit.figure')) {
  const pictures = figure.querySelectorAll(':scope > .picture');
  const tools = figure.querySelector(':scope > .tools');
  if (!pictures.length || !tools) continue;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Enlarge';
  const name = figure.querySelector('figcaption .number')?.textContent.replace(/[.:]?\s*$/, '');
  if (name) button.setAttribute('aria-label', `Enlarge ${name}`);
  button.addEventListener('click', () => enlarge(figure, choose(...pictures), button));
  tools.append(button);
}

// The head of a long table stays in sight, but for a table that scrolls sideways: a box that scrolls has its own top.
const LONG = 12;
const fitting = new ResizeObserver((found) => {
  for (const { target } of found) target.parentElement.classList.toggle('fits', target.offsetWidth <= target.parentElement.clientWidth);
});
for (const table of document.querySelectorAll('main .scroll > table')) if (table.rows.length > LONG) fitting.observe(table);

// Data lie packed in the page, and become a table when a reader opens them; the file that is taken is the same text.
function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt());
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
}

// Rows of cells (RFC 4180): a cell begins at the start, after a comma or after the end of a line.
function readCsv(text) {
  const rows = [];
  for (const [, before, quoted, bare] of text.trimEnd().matchAll(/(^|,|\r?\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)) {
    if (before !== ',') rows.push([]);
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? bare);
  }
  return rows;
}

function showData(details, text) {
  const table = document.createElement('table');
  const rows = readCsv(text);
  // Counts with gaps among them were kept as 253.0.
  const whole = rows[0].map((_, column) => rows.slice(1).every((cells) => /^(-?\d+\.0)?$/.test(cells[column])));
  rows.forEach((cells, n) => {
    const row = (n ? table.tBodies[0] ?? table.createTBody() : table.createTHead()).insertRow();
    cells.forEach((cell, column) => {
      const made = document.createElement(n ? 'td' : 'th');
      if (!n) made.scope = 'col';
      made.textContent = n && whole[column] ? cell.slice(0, -2) : cell;
      // Dates and keys stay whole.
      made.classList.toggle('long', cell.length > 30 && cell.includes(' '));
      row.append(made);
    });
  });
  const box = document.createElement('div');
  box.className = 'scroll';
  for (const [name, value] of Object.entries({ role: 'group', 'aria-label': 'Data', tabindex: '0' })) box.setAttribute(name, value);
  box.append(table);
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Download as CSV';
  button.addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    link.download = details.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  details.querySelector('p').replaceWith(box, button);
}

document.addEventListener('toggle', async ({ target }) => {
  const { packed } = target.dataset;
  if (!packed) return;
  delete target.dataset.packed;
  showData(target, await unpack(packed));
}, { capture: true });

for (const details of document.querySelectorAll('details.cite')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  const said = document.createElement('span');
  said.setAttribute('role', 'status');
  button.addEventListener('click', async () => {
    const words = details.querySelector('p');
    getSelection().selectAllChildren(words);
    try {
      await navigator.clipboard.writeText(words.textContent);
      said.textContent = ' Copied';
    } catch {
      said.textContent = ' Selected: copy it with your keyboard';
    }
  });
  details.append(button, said);
}
