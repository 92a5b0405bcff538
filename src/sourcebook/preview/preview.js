// Keeps the page as the report was last built: changed words are put in their places, for anything more the page is
// loaded again, at the reader's place. Shows what kept the report from being built.
{
  const PLACE = "sourcebook-preview-place";
  let own = document.currentScript.dataset.page;
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

  // What the page's own scripts hold on to is never touched; what else they have changed is not as it was served.
  const HELD = "section, figure, details, nav, .picture, .explorer, script, style";
  const holds = (node) => node.nodeType === Node.ELEMENT_NODE && (node.matches(HELD) || node.querySelector(HELD));
  const alike = (one, other) => one.isEqualNode(other) || (one.childNodes.length && one.cloneNode().isEqualNode(other.cloneNode()));

  // Does to the children of an element what was done to those of old to make those of fresh; says whether it could.
  const put = (here, old, fresh) => {
    const [places, before, after] = [here, old, fresh].map((node) => [...(node?.childNodes ?? [])]);
    const start = before.findIndex((node, n) => !after[n]?.isEqualNode(node));
    const first = start < 0 ? before.length : start;
    let last = 0;
    while (last < Math.min(before.length, after.length) - first && before.at(-1 - last).isEqualNode(after.at(-1 - last))) last += 1;
    const [gone, come] = [before, after].map((nodes) => nodes.slice(first, nodes.length - last));
    const there = places.slice(first);
    if (gone.length === come.length && gone.every((node, n) => alike(node, come[n]))) {
      return gone.every((node, n) => put(there[n], node, come[n]));
    }
    const asServed = gone.every((node, n) => there[n]?.isEqualNode(node));
    if (!here || !asServed || [...gone, ...come].some(holds) || here.closest("nav, .picture, .explorer")) return false;
    for (const node of come) here.insertBefore(node, there[0] ?? null);
    for (const node of there.slice(0, gone.length)) node.remove();
    return true;
  };
  const replace = (texts) => {
    const [before, after] = texts.map((text) => {
      const made = document.createElement("template");
      made.innerHTML = text;
      return [...made.content.children];
    });
    const find = (old) => (old.id ? document.getElementById(old.id) : document.querySelector(old.localName));
    return before.length === after.length && before.every((old, n) => alike(old, after[n]) && put(find(old), old, after[n]));
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
      const changes = state.last === own && state.changes[location.pathname];
      if (!changes || !changes.every(replace)) {
        keepPlace();
        location.reload();
        return;
      }
      own = state.page;
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
