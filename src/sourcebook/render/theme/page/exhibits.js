// Exhibits: a larger view, and citations that can be copied.
const dialog = document.createElement('dialog');
dialog.className = 'enlarged';
dialog.innerHTML = '<form method="dialog"><span></span><button>Close</button></form>';
document.body.append(dialog);
let home;

dialog.addEventListener('close', () => {
  home?.picture && home.before.replaceWith(home.picture);
  home?.button.focus();
  home = null;
});

function enlarge(figure, picture, button) {
  const before = document.createComment('');
  picture.replaceWith(before);
  home = { picture, before, button };
  const name = figure.querySelector('figcaption .number')?.textContent ?? 'Picture';
  dialog.querySelector('span').textContent = name;
  dialog.setAttribute('aria-label', name);
  dialog.append(picture);
  dialog.showModal();
}

for (const figure of document.querySelectorAll('figure.exhibit.figure')) {
  const picture = figure.querySelector(':scope > .picture');
  const tools = figure.querySelector(':scope > .tools');
  if (!picture || !tools) continue;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Enlarge';
  const name = figure.querySelector('figcaption .number')?.textContent.replace(/[.:]?\s*$/, '');
  if (name) button.setAttribute('aria-label', `Enlarge ${name}`);
  button.addEventListener('click', () => enlarge(figure, picture, button));
  tools.append(button);
}

// The table that is read and the file that is taken hold the same cells.
for (const details of document.querySelectorAll('details.data[data-file]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Download as CSV';
  button.addEventListener('click', () => {
    const quote = (cell) => (/[",\n]/.test(cell) ? '"' + cell.replaceAll('"', '""') + '"' : cell);
    const lines = [...details.querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => quote(cell.textContent)).join(','));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'text/csv' }));
    link.download = details.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  details.append(button);
}

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
