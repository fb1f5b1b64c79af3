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

watch("value", show);
show();
