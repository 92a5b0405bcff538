// Loads the page again, at the reader's place, when the report has been built anew; shows what kept it from being built.
{
  const PLACE = "sourcebook-preview-place";
  const own = document.currentScript.dataset.page;
  const note = document.createElement("section");
  note.id = "preview-note";
  note.setAttribute("aria-label", "Preview");

  const style = (element, text) => Object.assign(element, { style: text });
  const add = (parent, kind, text, look = "") => {
    const element = style(document.createElement(kind), look);
    element.textContent = text; // never as HTML: messages quote what authors wrote
    parent.append(element);
    return element;
  };

  // The last element with an id above the middle of the screen, and how far from the top it is.
  const keepPlace = () => {
    const named = [...document.querySelectorAll("main [id]")].filter(
      (element) => element.getClientRects().length && element.getBoundingClientRect().top < innerHeight / 2,
    );
    const last = named.at(-1);
    const place = { id: last?.id, top: last?.getBoundingClientRect().top, y: scrollY };
    sessionStorage.setItem(PLACE, JSON.stringify(place));
    history.scrollRestoration = "manual";
  };

  const findPlace = () => {
    const kept = sessionStorage.getItem(PLACE);
    if (!kept) return;
    sessionStorage.removeItem(PLACE);
    const { id, top, y } = JSON.parse(kept);
    const move = () => {
      const element = id && document.getElementById(id);
      const to = element ? scrollY + element.getBoundingClientRect().top - top : y;
      scrollTo({ top: to, behavior: "instant" });
    };
    move();
    requestAnimationFrame(move); // what was off the screen may have taken its true height
    history.scrollRestoration = "auto";
  };

  const LOOK =
    "position:fixed;z-index:99;right:0;bottom:0;box-sizing:border-box;max-width:100%;max-height:60vh;overflow:auto;margin:0;" +
    "font:16px/1.5 system-ui,sans-serif;text-align:left;color:#fff;";
  const say = (text) => {
    note.replaceChildren();
    note.setAttribute("role", "status");
    style(note, LOOK + "padding:.3em .8em;background:#333");
    add(note, "p", text, "margin:0");
    document.body.append(note);
  };
  const complain = (error) => {
    note.replaceChildren();
    note.setAttribute("role", "alert");
    style(note, LOOK + "left:0;padding:1em 1.5em;background:#6b1414");
    add(note, "h2", error.summary, "margin:0 0 .5em;border:0;padding:0;font:bold 1.1em/1.4 system-ui,sans-serif;color:#fff");
    const list = add(note, "ul", "", "margin:0 0 .5em;padding-left:1.2em");
    for (const issue of error.issues) {
      const item = add(list, "li", "");
      add(item, "strong", issue.where);
      item.append(`: ${issue.what}`);
    }
    if (error.details) {
      const details = "margin:0;padding:0;white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.4 monospace;background:none;color:#fff";
      add(note, "pre", error.details, details);
    }
    const meanwhile = own ? "The page shows the last report that could be built; a new one" : "The report";
    add(note, "p", `${meanwhile} appears by itself once this is mended.`, "margin:.5em 0 0");
    document.body.append(note);
  };

  const QUICK = 400; // milliseconds; of what takes no longer nothing is said
  let later;
  const show = (state) => {
    if (state.page && state.page !== own) {
      keepPlace();
      location.reload();
      return;
    }
    clearTimeout(later);
    if (state.error) complain(state.error);
    else if (state.busy) later = setTimeout(say, note.isConnected ? 0 : QUICK, state.busy);
    else note.remove();
  };

  addEventListener("load", findPlace);
  const news = new EventSource("/events");
  news.onmessage = (event) => show(JSON.parse(event.data));
  news.onerror = () => show({ busy: "The preview has ended; start it again and this page goes on." });
  addEventListener("pagehide", () => news.close());
}
