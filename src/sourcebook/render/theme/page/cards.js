// A marker leads to its claim's entry in the ledger, the mark of a note to the note. Here what it leads to opens beside it as a card,
// with the evidence folded.
const NOTE = '[role="doc-noteref"]';
// A card within another comes first.
const opened = () => [...document.querySelectorAll('.card:popover-open')].reverse();
// What a card stands beside.
const openers = new WeakMap();
// The marker of an open card under the pointer: the click that follows closes the card.
let pressed;

function makeCard(entry, id, label) {
  const card = document.createElement('div');
  for (const [key, value] of Object.entries({ class: 'card', id, popover: 'auto', role: 'dialog', 'aria-label': label })) card.setAttribute(key, value);
  card.innerHTML = '<button type="button" class="close" popovertargetaction="hide" autofocus>Close</button>';
  card.firstChild.popoverTargetElement = card;
  card.append(...entry.cloneNode(true).childNodes);
  for (const one of card.querySelectorAll('.footnote-back')) one.remove();
  for (const one of card.querySelectorAll('[id]')) one.removeAttribute('id');
  for (const list of card.querySelectorAll(':scope > ul')) {
    const details = document.createElement('details');
    const count = list.children.length;
    details.innerHTML = `<summary>Evidence: ${count} item${count === 1 ? '' : 's'}</summary>`;
    list.replaceWith(details);
    details.append(list);
  }
  card.addEventListener('toggle', (event) => { if (event.newState === 'closed') card.remove(); });
  if (!entry.matches('.claim-entry')) return card;
  card.dataset.verdict = entry.dataset.verdict;
  const onward = document.createElement('p');
  onward.className = 'onward';
  const link = document.createElement('a');
  link.href = `#${entry.id}`;
  link.textContent = `${entry.id.replace('claim-', '')} in the ledger`;
  onward.append(link);
  card.append(onward);
  return card;
}

// Where cards stand beside what opened them: on the side where there is room for all of one, else on the larger side.
function settle(card) {
  const area = getComputedStyle(card).positionArea;
  if (!area || area === 'none') { card.style.maxHeight = ''; return; }
  const { top, bottom } = openers.get(card).getBoundingClientRect();
  // Out of sight: the card would be of nothing there.
  if (bottom < 0 || top > innerHeight) { card.hidePopover(); return; }
  const above = card.classList.contains('above');
  const rooms = above ? [top, innerHeight - bottom] : [innerHeight - bottom, top];
  if (rooms[0] < Math.min(card.scrollHeight + 14, innerHeight * 0.6) && rooms[1] > rooms[0] * 1.2) { card.classList.toggle('above', !above); rooms.reverse(); }
  // A share of the room would be that of where the page was when the card opened.
  card.style.maxHeight = `min(42rem, ${rooms[0] - 11}px)`;
}

function openCard(card, source) {
  openers.set(card, source);
  document.body.append(card);
  card.showPopover({ source });
  settle(card);
}

// A note that stands in the margin is pointed out there; Escape leads back to its mark.
function pointOut(note, source) {
  note.tabIndex = -1;
  note.onkeydown = ({ key }) => { if (key === 'Escape') source.focus(); };
  note.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  note.focus({ preventScroll: true });
  return true;
}

const cardName = (hash) => hash.replace(/^#(claim-)?/, 'card-');

// Opens the card of a claim or note beside what cites it, or closes it if it is open; says whether there is one.
function toggle(hash, source) {
  const entry = document.getElementById(hash.slice(1));
  const isNote = source.matches(NOTE);
  if (!entry?.showPopover || !(isNote || entry.matches('.claim-entry'))) return false;
  const noted = isNote && entry.closest('.noted');
  if (noted && getComputedStyle(noted).display === 'grid') return pointOut(entry, source);
  const id = cardName(hash), label = isNote ? `Note ${source.textContent}` : `Claim ${id.slice(5)}`;
  // For a moment after it was closed, too.
  const there = document.getElementById(id);
  if (there?.matches(':popover-open')) there.hidePopover();
  else if (pressed !== source) { there?.remove(); openCard(makeCard(entry, id, label), source); }
  pressed = null;
  return true;
}

document.addEventListener('pointerdown', ({ target }) => {
  const marker = target.closest?.(`a.claim, ${NOTE}`);
  pressed = marker && document.getElementById(cardName(marker.hash)) ? marker : null;
}, { capture: true });
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  // Whoever follows a link wants to see where it leads.
  if (link.matches(`.claim, ${NOTE}`)) { if (toggle(link.hash, link)) event.preventDefault(); } else link.closest('.card')?.hidePopover();
});
// Whoever goes on by keyboard leaves a card, and finds nothing covered.
document.addEventListener('focusin', ({ target }) => {
  for (const card of opened()) {
    const opener = openers.get(card);
    if (card.contains(target) || (opener.closest('.picture') ?? opener).contains(target)) break;
    card.hidePopover();
  }
});
addEventListener('scroll', () => opened().forEach(settle), { passive: true });
addEventListener('resize', () => opened().forEach(settle));
// A mark of a chart that stands for a claim asks for its card (charts.js).
document.addEventListener('claim', (event) => { if (toggle(event.detail, event.target)) event.preventDefault(); });
