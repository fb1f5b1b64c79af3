// Figures side by side that develop on their own: the next picture is decoded before it replaces the last, and an
// overlay (a grey map, bright where there is much) can be laid on them in the accent colour.
const root = element.querySelector(".figures");
const made = new Map(); // key -> {figure, image, heat, line, title, words, wanted}

function node(tag, className) {
  const created = document.createElement(tag);
  if (className) created.className = className;
  return created;
}

function figureOf(key) {
  if (made.has(key)) return made.get(key);
  const parts = { figure: node("figure"), mat: node("div", "mat"), image: node("img"), heat: node("i", "heat"), line: node("i", "line") };
  parts.title = node("b");
  parts.words = node("span");
  const caption = node("figcaption");
  caption.append(parts.title, parts.words);
  parts.image.hidden = true;
  parts.mat.append(parts.image, parts.heat, parts.line);
  parts.figure.append(parts.mat, caption);
  parts.wanted = "";
  made.set(key, parts);
  return parts;
}

function show() {
  const { figures, overlay } = JSON.parse(props.value || '{"figures": []}');
  const keys = figures.map(({ key }) => key);
  for (const [key, { figure }] of made) {
    if (keys.includes(key)) continue;
    figure.remove();
    made.delete(key);
  }
  figures.forEach(({ key, src, heat, title, words, alt, progress, ratio }, index) => {
    const parts = figureOf(key);
    if (root.children[index] !== parts.figure) root.insertBefore(parts.figure, root.children[index] ?? null);
    parts.title.textContent = title;
    parts.words.textContent = words;
    parts.figure.classList.toggle("working", progress !== null);
    parts.line.style.transform = `scaleX(${progress ?? 0})`;
    parts.mat.style.setProperty("--ratio", ratio);
    parts.heat.style.setProperty("--heat", heat ? `url("${new URL(heat, document.baseURI)}")` : "none");
    parts.heat.hidden = !heat || !overlay;
    parts.image.alt = alt;
    if (!src) {
      if (progress === null) parts.image.hidden = true;
      return;
    }
    if (src === parts.wanted) return;
    parts.wanted = src;
    const next = new Image();
    next.src = src;
    next.decode().then(() => {
      if (parts.wanted !== src) return;
      parts.image.src = src;
      parts.image.hidden = false;
    }).catch(() => {});
  });
}

watch("value", show);
show();
