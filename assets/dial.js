// A dial: a slider that may also stand at "any". OPTIONS is set above by ui/dials.py. The event is 'dialled'.
// The heading is turned on the map too: both tell each other by 'dial' and 'turned' on the document, without Python.
const dial = element.querySelector(".dial");
const input = dial.querySelector("input");
const said = dial.querySelector("button");
let held = false;

function draw(value) {
  const open = value === "" || value === null || value === undefined;
  if (!open) input.value = value;
  const words = open ? OPTIONS.any : OPTIONS.says[Math.min(Math.max(Math.round(value) - OPTIONS.lowest, 0), OPTIONS.says.length - 1)];
  dial.classList.toggle("any", open);
  if (open) input.value = OPTIONS.start;
  said.textContent = words;
  said.title = open ? "" : OPTIONS.clear;
  said.disabled = open;
  input.setAttribute("aria-valuetext", words);
  input.style.setProperty("--range_progress", open ? "0%" : `${(100 * (input.value - input.min)) / (input.max - input.min)}%`);
}

function tellMap(value) {
  document.dispatchEvent(new CustomEvent("dial", { detail: { name: OPTIONS.name, value } }));
}

function set(value) {
  props.value = value;
  draw(value);
  tellMap(value);
  trigger("dialled", { name: OPTIONS.name, value });
}

input.addEventListener("pointerdown", () => (held = true));
input.addEventListener("pointercancel", () => (held = false));
input.addEventListener("input", () => {
  draw(input.value);
  tellMap(input.value);
});
input.addEventListener("change", () => {
  held = false;
  set(input.value);
});
// A press on the knob where it waits chooses that very number, though nothing moves.
input.addEventListener("pointerup", () => {
  held = false;
  if (dial.classList.contains("any")) set(input.value);
});
said.addEventListener("click", () => set(""));
if (OPTIONS.name === "heading") document.addEventListener("turned", (event) => draw(event.detail));
watch("value", () => held || draw(props.value));
draw(props.value);
