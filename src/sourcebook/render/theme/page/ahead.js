// Charts, tables and entries wait with their layout while the page loads (base.css). Whenever the browser is idle some follow, so
// that whoever scrolls fast, or takes a picture of the whole page, finds them there.
const later = [...document.querySelectorAll('.chart svg, [style*="--signs"], #footnotes')];
// Laid out in less than a twentieth of a second.
const AT_ONCE = 16;

// What is read stays where it is, as no browser sees to while it goes to the place that an address names.
function layOut() {
  const read = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  const place = () => read?.getBoundingClientRect().top ?? 0;
  const before = place();
  for (const part of later.splice(0, AT_ONCE)) part.style.contentVisibility = 'visible';
  const moved = place() - before;
  if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: 'instant' });
  if (later.length) requestIdleCallback(layOut);
}

if (window.requestIdleCallback) addEventListener('load', () => requestIdleCallback(layOut));
