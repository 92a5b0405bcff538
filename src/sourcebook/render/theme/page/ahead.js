// Charts, tables and entries wait with their layout while the page loads (base.css). Whenever the browser is idle some follow, so
// that whoever scrolls fast, or takes a picture of the whole page, finds them there.
const later = [...document.querySelectorAll('.chart svg, [style*="--signs"], #footnotes')];
// Laid out in less than a twentieth of a second.
const AT_ONCE = 16;

function layOut() {
  for (const part of later.splice(0, AT_ONCE)) part.style.contentVisibility = 'visible';
  if (later.length) requestIdleCallback(layOut);
}

if (window.requestIdleCallback) addEventListener('load', () => requestIdleCallback(layOut));
