// What real photos say of the picture in the frame. Python is asked ('evidence_wanted') while this part of the page is
// open and nothing is known of the picture yet; a photo that is chosen lies under the picture, and a slider between them.
const details = element.querySelector("details");
const told = details.querySelector(".told");
let picture = null; // {picture, alt, ratio}: what the frame shows; null while another is on its way
let asked = "";     // picture that Python was asked about
let known = "";     // picture that is told of

function part(tag, kind, ...inside) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...inside);
  return made;
}

function image(src, alt) {
  const made = part("img");
  Object.assign(made, { src, alt });
  return made;
}

function ask() {
  if (!details.open || !picture || [asked, known].includes(picture.picture)) return;
  asked = picture.picture;
  if (!known) told.replaceChildren(part("p", "", WORDS.looking));
  trigger("evidence_wanted", {});
}

// The picture over a photo, as far as the slider says.
function comparison() {
  const photo = image("", "");
  const made = image(picture.picture, picture.alt);
  const slider = part("input");
  const box = part("div", "compare", photo, made, part("i"), part("b", "", WORDS.made), part("b", "", WORDS.photo), slider);
  made.className = "made";
  box.style.setProperty("--ratio", picture.ratio);
  Object.assign(slider, { type: "range", min: 0, max: 100, step: 1, value: 50 });
  slider.setAttribute("aria-label", WORDS.slide);
  const slide = () => {
    box.style.setProperty("--at", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", WORDS.share.replace("{}", slider.value));
  };
  slider.addEventListener("input", slide);
  slide();
  return { box, lay: ({ src, alt }) => Object.assign(photo, { src, alt }) };
}

// Photos to look at; those with a picture are buttons that lay it under the generated one.
function row(title, photos, choose) {
  const list = part("ul", "", ...photos.map((photo) => {
    const words = part("span", "", ...[photo.way, ...photo.words].filter(Boolean).map((line) => part("span", "", line)));
    if (!photo.src) return part("li", "", words);
    const button = part("button", "", image(photo.src, photo.alt), words);
    button.type = "button";
    button.addEventListener("click", () => choose(photo, button));
    return part("li", "", button);
  }));
  return [part("h4", "", title), list];
}

function tell({ said, figures, photos, likest }) {
  const chosen = [...photos, ...(likest ? [likest.photo] : [])].find(({ src }) => src);
  const { box, lay } = comparison();
  const choose = (photo, button) => {
    lay(photo);
    for (const each of told.querySelectorAll("li button")) each.setAttribute("aria-pressed", each === button);
  };
  const numbers = figures.map(([number, words]) => part("li", "", part("strong", "", number), part("span", "", words)));
  told.replaceChildren(
    ...said.map((line) => part("p", "", line)),
    ...(figures.length ? [part("h4", "", WORDS.figures), part("ul", "figures-of", ...numbers)] : []),
    ...(photos.length ? row(WORDS.nearest, photos, choose) : []),
    ...(chosen ? [box] : []),
    ...(likest ? [...row(WORDS.likest, [likest.photo], choose), ...likest.said.map((line) => part("p", "", line))] : []),
  );
  if (chosen) choose(chosen, told.querySelector("li button"));
}

function show() {
  const value = JSON.parse(props.value || "{}");
  details.classList.toggle("waiting", Boolean(value.waiting));
  if (value.waiting) {
    picture = null;
    asked = "";
  } else if (value.wrong) {
    asked = known = "";
    told.replaceChildren(part("p", "notice wrong", value.wrong));
  } else if (value.told) {
    if (value.picture !== picture?.picture) return; // another one came meanwhile
    known = value.picture;
    tell(value.told);
  } else {
    picture = value.picture ? value : null;
    details.hidden = !picture;
    asked = "";
    ask();
  }
}

details.addEventListener("toggle", () => {
  if (!details.open) asked = ""; // opening it again asks again, should nothing have come
  ask();
});
watch("value", show);
show();
