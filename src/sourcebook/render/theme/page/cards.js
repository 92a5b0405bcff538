// A marker leads to its claim's entry in the ledger. Here the entry opens beside it as a card, with the evidence folded.
let pressed; // the marker of an open card under the pointer: the click that follows closes the card

function makeCard(entry, name) {
  const card = document.createElement('div');
  for (const [key, value] of Object.entries({ class: 'card', id: `card-${name}`, popover: 'auto', role: 'dialog', 'aria-label': `Claim ${name}`, 'data-verdict': entry.dataset.verdict })) card.setAttribute(key, value);
  card.innerHTML = '<button type="button" class="close" popovertargetaction="hide" autofocus>Close</button>';
  card.firstChild.popoverTargetElement = card;
  card.append(...entry.cloneNode(true).childNodes);
  for (const one of card.querySelectorAll('[id]')) one.removeAttribute('id');
  for (const list of card.querySelectorAll(':scope > ul')) {
    const details = document.createElement('details');
    const count = list.children.length;
    details.innerHTML = `<summary>Evidence: ${count} item${count === 1 ? '' : 's'}</summary>`;
    list.replaceWith(details);
    details.append(list);
  }
  const onward = document.createElement('p');
  onward.className = 'onward';
  const link = document.createElement('a');
  link.href = `#${entry.id}`;
  link.textContent = `${name} in the ledger`;
  onward.append(link);
  card.append(onward);
  card.addEventListener('toggle', (event) => { if (event.newState === 'closed') card.remove(); });
  return card;
}

// Opens a claim's card beside what cites it, or closes it if it is open; says whether there is one.
function toggle(hash, source) {
  const entry = document.getElementById(hash.slice(1));
  if (!entry?.matches('.claim-entry') || !entry.showPopover) return false;
  const name = entry.id.replace(/^claim-/, '');
  const there = document.getElementById(`card-${name}`); // for a moment after it was closed, too
  if (there?.matches(':popover-open')) there.hidePopover();
  else if (pressed !== source) { there?.remove(); document.body.append(makeCard(entry, name)); document.getElementById(`card-${name}`).showPopover({ source }); }
  pressed = null;
  return true;
}

document.addEventListener('pointerdown', ({ target }) => {
  const marker = target.closest?.('a.claim');
  pressed = marker && document.getElementById(marker.hash.replace('#claim-', 'card-')) ? marker : null;
}, { capture: true });
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.matches('.claim')) { if (toggle(link.hash, link)) event.preventDefault(); } else link.closest('.card')?.hidePopover(); // whoever follows a link wants to see where it leads
});
// A mark of a chart that stands for a claim asks for its card (charts.js).
document.addEventListener('claim', (event) => { if (toggle(event.detail, event.target)) event.preventDefault(); });
