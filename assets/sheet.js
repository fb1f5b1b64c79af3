// A sheet of prints under the days they were made on: each recalls its picture, and has a star, a way to make it again
// and one to delete it. The events are 'print_opened', 'print_starred', 'print_rerun' and 'print_deleted'. A print asks
// once before it is deleted.
const sheet = element.querySelector(".sheet");
const SURE_MS = 3000;
const built = new Map(); // prints are kept from one answer to the next, so nothing blinks and the focus stays

function part(tag, kind, settings) {
  const made = Object.assign(document.createElement(tag), settings);
  if (kind) made.className = kind;
  return made;
}

function build(id, words) {
  const open = part("button", "open", { type: "button" });
  const image = part("img", "", { alt: "", loading: "lazy" });
  const caption = part("span", "caption");
  const kind = part("span", "kind");
  const star = part("input", "star", { type: "button" });
  const again = part("input", "again", { type: "button", value: "↻", title: words.again });
  const remove = part("input", "remove", { type: "button" });
  const box = part("div", "picture");
  open.append(image, caption);
  box.append(open, star, again, remove);
  open.addEventListener("click", () => trigger("print_opened", { id }));
  star.addEventListener("click", () => {
    const on = star.getAttribute("aria-pressed") !== "true";
    mark(on);
    trigger("print_starred", { id, on });
  });

  again.addEventListener("click", () => trigger("print_rerun", { id }));

  let title = "", later = 0;
  function ask(sure) {
    clearTimeout(later);
    remove.classList.toggle("sure", sure);
    remove.value = sure ? words.sure : "×";
    remove.title = sure ? words.sure : words.delete;
    remove.setAttribute("aria-label", `${remove.title} ${title}`);
    if (sure) later = setTimeout(ask, SURE_MS, false);
  }
  remove.addEventListener("click", () => {
    const sure = remove.classList.contains("sure");
    ask(!sure);
    if (sure) trigger("print_deleted", { id });
  });

  function mark(on) {
    star.value = on ? "★" : "☆";
    star.classList.toggle("on", on);
    star.setAttribute("aria-pressed", on);
  }
  function update(print) {
    title = print.title;
    open.title = title;
    open.setAttribute("aria-label", title);
    if (image.getAttribute("src") !== print.url) image.src = print.url;
    kind.textContent = print.kind;
    caption.replaceChildren(...(print.kind ? [kind] : []), print.words);
    again.setAttribute("aria-label", `${words.again} ${title}`);
    star.title = words.star;
    star.setAttribute("aria-label", `${words.star} ${title}`);
    mark(print.starred);
    if (!remove.classList.contains("sure")) ask(false);
  }
  return { box, open, update };
}

function day(made, words) {
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (made.toDateString() === today.toDateString()) return words.today;
  if (made.toDateString() === yesterday.toDateString()) return words.yesterday;
  return `${made.getDate()} ${words.months[made.getMonth()]} ${made.getFullYear()}`;
}

function show() {
  const { prints = [], words = {} } = JSON.parse(props.value || "{}");
  const focused = sheet.contains(document.activeElement) ? document.activeElement : null;
  const place = [...sheet.querySelectorAll(".picture")].indexOf(focused?.parentElement);
  const ids = new Set(prints.map(({ id }) => id));
  for (const id of built.keys()) if (!ids.has(id)) built.delete(id);
  const laid = [];
  let last = "";
  for (const print of prints) {
    const named = day(new Date(print.made_ms), words);
    if (named !== last) laid.push(part("h3", "", { textContent: (last = named) }));
    if (!built.has(print.id)) built.set(print.id, build(print.id, words));
    built.get(print.id).update(print);
    laid.push(built.get(print.id).box);
  }
  sheet.replaceChildren(...laid);
  if (!focused) return;
  const next = built.get(prints[Math.min(place, prints.length - 1)]?.id)?.open;
  (focused.isConnected ? focused : next)?.focus({ preventScroll: true });
}

watch("value", show);
show();
