// What the page lacks for the hand: keys that make, stop, roll and undo, a sentence on each control, and links to copy and
// to download by.
// WORDS are set above by ui/build.py.
const shown = (selector) => [...document.querySelectorAll(selector)].find((each) => each.offsetParent !== null);
const press = (selector) => shown(selector)?.click();
const writes = (target) => target.matches?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, [contenteditable]");

// ---- keys ------------------------------------------------------------------------------------------------------
// A slider moved by keys counts as released, and Enter ends a number.
document.addEventListener("keyup", ({ target, key }) => {
  const moves = key.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(key);
  if (moves && target.matches?.("input[type=range]")) target.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
});

const PAN = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// What stays the hand's own: words and numbers that are written, and the keys of whatever moves by arrows.
function keyed(event) {
  const { key, target } = event;
  const command = event.ctrlKey || event.metaKey;
  const dialog = document.querySelector("#keys-list");
  if (dialog?.open || event.altKey || event.defaultPrevented) return;
  if (key === "Enter" && command) return press("#make, [id$='-make']");
  if (key === "Escape") return press("#cancel, [id$='-cancel']");
  if (key === "Enter" && target.matches?.(".head input[type=number]")) return target.blur();
  if (writes(target)) return;
  if (command && key.toLowerCase() === "z") {
    event.preventDefault();
    return document.querySelector(event.shiftKey ? "#redo" : "#undo")?.click();
  }
  if (command) return;
  if (key === "?") return dialog?.showModal();
  if (key.toLowerCase() === "r" && shown("#make, #cancel")) return document.querySelector("#dice")?.click();
  const free = target === document.body || target === document || target.matches?.("button:not([role])");
  if (key in PAN && free) {
    event.preventDefault();
    document.querySelector("#place-map iframe")?.contentWindow.placeMap?.pan(...PAN[key]);
  }
}
document.addEventListener("keydown", keyed);

// ---- a sentence on each control -----------------------------------------------------------------------------------
function explain({ target }) {
  for (let each = target; each instanceof Element; each = each.parentElement) {
    const words = WORDS.tips[each.id] ?? WORDS.tips[each.id.match(/-(make|cancel|prompt)$/)?.[1]];
    if (words) {
      each.title = words;
      return;
    }
  }
}
for (const name of ["pointerover", "focusin"]) document.addEventListener(name, explain);

// ---- links ----------------------------------------------------------------------------------------------------------
// A line of links to the files of a result, which is of a list of {url, name}.
window.downloadLinks = (files) => {
  const line = document.createElement("p");
  line.append(...files.map(({ url, name }) => Object.assign(document.createElement("a"), { href: url, download: "", textContent: name })));
  return line;
};

// Only a page of this computer or behind https has a clipboard; elsewhere the old command copies what is selected.
window.copyLink = async (query) => {
  if (!query) return;
  const link = location.origin + location.pathname + query;
  history.replaceState(null, "", link);
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: link });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
};
