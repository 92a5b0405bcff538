// Whoever follows a link out of a card wants to see where it leads: the card closes.
document.addEventListener('click', (event) => {
  const link = event.target.closest('.card a[href^="#"]');
  if (link) link.closest('.card').hidePopover();
});
// A card's evidence is that of the claim's entry.
document.addEventListener('toggle', (event) => {
  const place = event.target.matches('.card details') && event.target.querySelector('summary + a');
  const list = place && document.getElementById(place.hash.slice(1))?.querySelector('ul');
  if (!list) return;
  const copy = list.cloneNode(true);
  for (const node of copy.querySelectorAll('[id]')) node.removeAttribute('id');
  place.replaceWith(copy);
}, true);
// A card that opens out of another stays beside its marker: only one is of interest at a time.
