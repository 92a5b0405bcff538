// Charts answer to pointer, touch and keyboard: the marks of the drawing itself carry their words (data-label), what is
// picked out with them (data-series) and what the keys up and down go through (data-row).
// How many pixels from a mark still point at it.
const REACH = 24;
const KEYS = 'The arrow keys read the values.';
// Lies over the mark that was followed: what opens stays beside it, wherever one points.
const spot = document.createElement('span');
spot.className = 'spot';
// The chart that shows something.
let active;

// A mark that leads somewhere: to a claim's card, or to a place on the page.
function follow(picture, mark) {
  const link = mark?.dataset.link;
  if (!link) return link;
  const { left, top, width, height } = mark.getBoundingClientRect(), from = picture.getBoundingClientRect();
  const place = { left: left - from.left + picture.scrollLeft, top: top - from.top + picture.scrollTop, width, height };
  for (const [side, pixels] of Object.entries(place)) spot.style[side] = `${pixels}px`;
  picture.append(spot);
  active?.hide();
  if (spot.dispatchEvent(new CustomEvent('claim', { detail: link, bubbles: true, cancelable: true }))) location.hash = link;
  return link;
}

function enliven(picture, svg) {
  const marks = [...svg.querySelectorAll('[data-label]')];
  const parts = [...svg.querySelectorAll('[data-series]')];
  const known = new Set(marks.map((mark) => mark.dataset.series));
  const rows = marks.map((mark, n) => mark.dataset.row ?? mark.dataset.series ?? String(n));
  const order = [...new Set(rows)];
  const tip = document.createElement('div');
  const ring = document.createElementNS(svg.namespaceURI, 'rect');
  // Lines are followed by letting the others step back. Areas and dots are told apart by colours, which paler ones would take the place of.
  const lines = parts.some((part) => !part.dataset.label && !part.querySelector('text'));
  let boxes, current = -1;

  picture.classList.toggle('areas', !lines);
  tip.className = 'tip';
  tip.setAttribute('role', 'status');
  ring.setAttribute('class', 'ring');
  picture.append(tip);
  picture.setAttribute('role', 'application');
  picture.setAttribute('aria-roledescription', 'chart');
  picture.setAttribute('aria-label', `${svg.getAttribute('aria-label')} ${KEYS}`);

  const page = svg.viewBox.baseVal;
  const box = (n) => (boxes ??= marks.map((mark) => mark.getBBox()))[n];
  const middle = (n) => box(n).x + box(n).width / 2;

  function highlight(series) {
    const one = series !== undefined && known.size > 1 && known.has(series);
    for (const part of parts) part.classList.toggle('dimmed', one && part.dataset.series !== series);
  }

  function place() {
    const at = current < 0 ? picture.getBoundingClientRect() : ring.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const middle = at.left + (current < 0 ? width + 16 : at.width) / 2 - width / 2;
    const left = Math.max(4, Math.min(middle, document.documentElement.clientWidth - width - 4));
    const top = at.top - height - 6 > 0 ? at.top - height - 6 : at.bottom + 6;
    // It may be turned about its middle.
    tip.style.left = left + (width - tip.offsetWidth) / 2 + 'px';
    tip.style.top = top + (height - tip.offsetHeight) / 2 + 'px';
  }

  function show(n) {
    if (active !== chart) { active?.hide(); active = chart; }
    if (n === current) return;
    current = n;
    frame(box(n));
    tip.textContent = marks[n].dataset.label;
    highlight(lines ? marks[n].dataset.series : undefined);
    place();
  }

  function frame({ x, y, width, height }) {
    const left = Math.max(x - 2.5, page.x + 0.5), top = Math.max(y - 2.5, page.y + 0.5);
    const right = Math.min(x + width + 2.5, page.x + page.width - 0.5), bottom = Math.min(y + height + 2.5, page.y + page.height - 0.5);
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top, rx: 2 })) ring.setAttribute(name, value);
    svg.append(ring);
  }

  function hide() {
    current = -1;
    tip.textContent = '';
    ring.remove();
    highlight();
    if (active === chart) active = null;
  }

  // The nearest mark within reach; of several that are as near the smallest, which the others would cover.
  function find(event) {
    const matrix = svg.getScreenCTM();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    let best = -1, least = REACH / Math.hypot(matrix.a, matrix.b), area = Infinity;
    marks.forEach((_, n) => {
      const { x, y, width, height } = box(n);
      const far = Math.hypot(Math.max(x - at.x, 0, at.x - x - width), Math.max(y - at.y, 0, at.y - y - height));
      if (far < least || (far === least && width * height < area)) [best, least, area] = [n, far, width * height];
    });
    return best;
  }

  // Where none is within reach, the one that is nearest along the line, as one reads a curve.
  function findAlong({ clientX, clientY }) {
    const at = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
    const far = (n) => {
      const { x, y, width, height } = box(n);
      return [Math.max(x - at.x, 0, at.x - x - width), Math.abs(y + height / 2 - at.y)];
    };
    return marks.map((_, n) => n).sort((a, b) => far(a)[0] - far(b)[0] || far(a)[1] - far(b)[1])[0];
  }

  function point(event) {
    if (tip.contains(event.target) || (event.type === 'pointermove' && document.querySelector('.card:popover-open'))) return;
    const part = event.target.closest('[data-series]:not([data-label])');
    let n = part?.querySelector('text') ? -1 : find(event);
    if (n < 0 && !part) n = findAlong(event);
    if (n >= 0) { show(n); return; }
    hide();
    if (part) { highlight(part.dataset.series); active = chart; }
  }

  // The mark of the row above or below that is nearest to where the reader is.
  function across(way) {
    const row = order[order.indexOf(rows[current]) + way];
    const there = marks.map((_, n) => n).filter((n) => rows[n] === row);
    return there.sort((a, b) => Math.abs(middle(a) - middle(current)) - Math.abs(middle(b) - middle(current)))[0];
  }

  function walk(key) {
    if (key === 'Home') return 0;
    if (key === 'End') return marks.length - 1;
    if (current < 0) return 0;
    return { ArrowRight: () => current + 1, ArrowLeft: () => current - 1, ArrowDown: () => across(1), ArrowUp: () => across(-1) }[key]();
  }

  picture.addEventListener('pointermove', point);
  picture.addEventListener('pointerdown', point);
  picture.addEventListener('pointerleave', (event) => { if (event.pointerType !== 'touch') hide(); });
  picture.addEventListener('focus', () => {
    if (!picture.matches(':focus-visible')) return;
    active?.hide();
    active = chart;
    tip.textContent = KEYS;
    place();
  });
  picture.addEventListener('blur', hide);
  picture.addEventListener('click', (event) => follow(picture, marks[find(event)]));
  picture.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && follow(picture, marks[current])) event.preventDefault();
    if (event.ctrlKey || event.altKey || event.metaKey || !/^(Arrow|Home$|End$)/.test(event.key)) return;
    const next = walk(event.key);
    // At the ends the key scrolls, as everywhere.
    if (!marks[next]) return;
    event.preventDefault();
    marks[next].scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    show(next);
  });
  const chart = { picture, tip, hide, place };
}

for (const picture of document.querySelectorAll('.picture[tabindex]')) {
  const svg = picture.querySelector('svg');
  const told = picture.matches('.narrow') ? picture.previousElementSibling?.querySelectorAll('[data-label]') : [];
  svg?.querySelectorAll('[data-mark]').forEach((mark, n) => Object.assign(mark.dataset, told[n].dataset));
  if (svg?.querySelector('[data-label]')) enliven(picture, svg);
}

// Escape leaves the chart, before it closes a larger view.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !active) return;
  event.preventDefault();
  active.hide();
}, { capture: true });
document.addEventListener('pointerdown', (event) => { if (active && !active.picture.contains(event.target)) active.hide(); });
addEventListener('scroll', () => { if (active?.tip.textContent) active.place(); }, { passive: true, capture: true });
