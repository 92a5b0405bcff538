// The passage of the claim that is read is set off; from a card, its name leads back to the passage.
function choose() {
  for (const mark of document.querySelectorAll('mark.chosen')) mark.classList.remove('chosen');
  const name = location.hash.replace(/^#(claim|at)-/, '');
  for (const mark of document.querySelectorAll('mark')) mark.classList.toggle('chosen', mark.dataset.claims.split(' ').includes(name));
}
for (const entry of document.querySelectorAll('.claim-entry')) {
  const name = entry.querySelector('strong');
  const back = document.createElement('a');
  back.href = '#at-' + name.textContent;
  back.textContent = name.textContent;
  if (document.getElementById('at-' + name.textContent)) name.replaceChildren(back);
}
addEventListener('hashchange', choose);
choose();
