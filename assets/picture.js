// Shows a picture as it develops: the next one is decoded before it replaces the last, so nothing flickers.
const frame = element.querySelector(".frame");
const image = frame.querySelector("img");
const line = frame.querySelector("i");
let wanted = "";

function show() {
  if (!props.value) return;
  const { src, alt, ratio, progress, empty } = JSON.parse(props.value);
  frame.style.setProperty("--ratio", ratio);
  frame.classList.toggle("working", progress !== null);
  frame.classList.toggle("empty", empty);
  line.style.transform = `scaleX(${progress ?? 0})`;
  if (empty) {
    wanted = "";
    image.hidden = true;
  }
  if (!src || src === wanted) return;
  wanted = src;
  const next = new Image();
  next.src = src;
  next.decode().then(() => {
    if (wanted !== src) return;
    image.src = src;
    image.alt = alt;
    image.hidden = false;
  }).catch(() => {});
}

// A file that is dropped on the picture goes the way of an upload: Python recalls the picture with all its settings.
const easel = element.closest("#easel");
const bringsFile = (event) => event.dataTransfer?.types.includes("Files");
easel.addEventListener("dragover", (event) => {
  if (!bringsFile(event)) return;
  event.preventDefault();
  frame.classList.add("over");
});
easel.addEventListener("dragleave", (event) => {
  if (!easel.contains(event.relatedTarget)) frame.classList.remove("over");
});
easel.addEventListener("drop", (event) => {
  if (!bringsFile(event)) return;
  event.preventDefault();
  frame.classList.remove("over");
  const input = easel.querySelector("input[type=file]");
  const first = new DataTransfer();
  first.items.add(event.dataTransfer.files[0]);
  input.files = first.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

watch("value", show);
show();
