// References and footnotes show what they lead to while pointed at or focused; Escape puts it away.
const box = document.createElement('div');
box.className = 'preview';
box.popover = 'manual';
box.id = 'preview';
box.setAttribute('role', 'note');
let owner, timer;

function source(link) {
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target || link.closest('.contents, .preview, figcaption .number') || link.matches('.claim, .footnote-back, .number, .header-section-number, .skip, .onward a')) return null;
  if (target.matches('.references > li, .claim-entry, [role="doc-endnotes"] li, .side-note')) return target;
  return target.matches('figure') ? target.querySelector('figcaption') : target.matches('section') ? target.querySelector('h2, h3, h4') : null;
}

function show(link) {
  const from = source(link);
  if (!from || !box.showPopover) return;
  const copy = from.cloneNode(true);
  for (const node of [copy, ...copy.querySelectorAll('[id]')]) node.removeAttribute('id');
  for (const node of copy.querySelectorAll('.footnote-back, button')) node.remove();
  box.replaceChildren(...copy.childNodes);
  (link.closest('[popover]') ?? document.body).append(box);
  box.showPopover();
  const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  box.style.left = Math.max(8, Math.min(at.left, innerWidth - size.width - 8)) + 'px';
  box.style.top = (at.bottom + size.height + 8 < innerHeight ? at.bottom + 4 : Math.max(8, at.top - size.height - 4)) + 'px';
  owner = link;
}

function hide() {
  clearTimeout(timer);
  if (owner) { box.hidePopover(); box.remove(); owner = null; }
}

function plan(link, wait) {
  clearTimeout(timer);
  timer = setTimeout(() => { hide(); show(link); }, wait);
}

document.addEventListener('pointerover', (event) => {
  if (event.pointerType === 'touch') return;
  const link = event.target.closest?.('a[href^="#"]');
  if (link && link !== owner) plan(link, 300);
  else if (box.contains(event.target) || link === owner && owner) clearTimeout(timer);
  else { clearTimeout(timer); if (owner) timer = setTimeout(hide, 250); }
});
document.addEventListener('focusin', (event) => {
  if (event.target.matches('a[href^="#"]') && event.target.matches(':focus-visible')) plan(event.target, 300);
  else if (!box.contains(event.target)) hide();
});
document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
document.addEventListener('click', (event) => { if (!box.contains(event.target)) hide(); });
addEventListener('scroll', hide, { passive: true });
