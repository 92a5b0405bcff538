// The contents follow the reader: the chapter and section in view are marked.
const nav = document.querySelector('.contents');
const links = nav ? [...nav.querySelectorAll('a[href^="#"]')] : [];
const places = links.map((link) => [document.getElementById(link.hash.slice(1)), link]).filter(([place]) => place);
const here = nav?.querySelector('.here');

function follow() {
  const line = innerHeight / 3;
  let current;
  for (const [place, link] of places) {
    if (place.getBoundingClientRect().top > line) break;
    current = link;
  }
  if (follow.last === current) return;
  follow.last = current;
  for (const item of nav.querySelectorAll('.current')) item.classList.remove('current');
  for (const link of links) link.removeAttribute('aria-current');
  current?.setAttribute('aria-current', 'location');
  for (let item = current?.closest('li'); item; item = item.parentElement.closest('li')) {
    item.classList.add('current');
    here.textContent = ': ' + item.querySelector('a').textContent.trim();
  }
  if (!current) here.textContent = '';
  if (getComputedStyle(nav).position === 'fixed') current?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
}

let waiting = false;
if (places.length) {
  addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }, { passive: true });
  // Unfolded they lie over the text: whoever goes on elsewhere, or follows one of them, is done with them.
  const details = nav.querySelector('details');
  document.addEventListener('click', ({ target }) => { if (target.closest('a') || !nav.contains(target)) details.open = false; });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open || document.querySelector(':popover-open, dialog[open]')) return;
    if (nav.contains(document.activeElement)) details.querySelector('summary').focus();
    details.open = false;
  });
  // Where things are is known once they have been laid out; asked now, the reader would wait.
  requestAnimationFrame(() => setTimeout(follow));
}
