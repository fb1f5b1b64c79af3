// A finished picture with the files that belong to it; parts of it may be chosen. The event is 'cell_chosen'.
const stage = element.querySelector(".result");

function show() {
  const result = JSON.parse(props.value || "null");
  stage.replaceChildren();
  if (!result) return;
  const { width, height } = result;
  const mat = document.createElement("div");
  mat.className = "mat";
  mat.style.aspectRatio = `${width} / ${height}`;
  mat.style.setProperty("--wide", `${Math.max(width, 256)}px`);
  mat.append(Object.assign(document.createElement("img"), { src: result.src, alt: result.alt }));
  result.cells.forEach(({ box: [left, top, right, bottom], label }, number) => {
    const cell = Object.assign(document.createElement("button"), { type: "button", title: label });
    cell.setAttribute("aria-label", label);
    Object.assign(cell.style, {
      left: `${(100 * left) / width}%`, top: `${(100 * top) / height}%`,
      width: `${(100 * (right - left)) / width}%`, height: `${(100 * (bottom - top)) / height}%`,
    });
    cell.addEventListener("click", () => trigger("cell_chosen", { number }));
    mat.append(cell);
  });
  stage.append(mat, downloadLinks(result.files));
}

watch("value", show);
show();
