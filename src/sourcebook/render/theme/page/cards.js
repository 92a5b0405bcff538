// Whoever follows a link out of a card wants to see where it leads: the card closes.
document.addEventListener('click', (event) => {
  const link = event.target.closest('.card a[href^="#"]');
  if (link) link.closest('.card').hidePopover();
});
// A card that opens out of another stays beside its marker: only one is of interest at a time.
