// The evidence of a claim stands in the page once, in the ledger; a card that opens folds a copy of it.
document.addEventListener('beforetoggle', ({ target }) => {
  const line = target.matches('.card') && target.querySelector('.evidence');
  const list = line && document.querySelector(`#${CSS.escape(target.id.replace('card-', 'claim-'))} > ul`);
  if (!list) return;
  const details = document.createElement('details');
  details.innerHTML = `<summary>${line.innerHTML}</summary>`;
  details.append(list.cloneNode(true));
  details.querySelectorAll('[id]').forEach((one) => one.removeAttribute('id'));
  line.replaceWith(details);
}, { capture: true });
// Whoever follows a link out of a card wants to see where it leads: the card closes.
document.addEventListener('click', (event) => {
  const link = event.target.closest('.card a[href^="#"]');
  if (link) link.closest('.card').hidePopover();
});
// A card that opens out of another stays beside its marker: only one is of interest at a time.
