// What the page's own controls lack for the keyboard: a slider moved by keys counts as released, Enter ends a number,
// Ctrl+Enter makes the picture and Escape stops it.
document.addEventListener("keyup", ({ target, key }) => {
  const moves = key.startsWith("Arrow") || ["Home", "End", "PageUp", "PageDown"].includes(key);
  if (moves && target.matches?.("input[type=range]")) target.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
});
document.addEventListener("keydown", (event) => {
  const press = (id) => document.querySelector(id)?.click();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) press("#make");
  else if (event.key === "Escape") press("#cancel");
  else if (event.key === "Enter" && event.target.matches?.(".head input[type=number]")) event.target.blur();
});
