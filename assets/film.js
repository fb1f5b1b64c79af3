// Plays a film and tells the map where its picture was taken: scrubbing it moves a marker ('walk' on the document).
const stage = element.querySelector(".film");

function show() {
  const film = JSON.parse(props.value || "null");
  stage.replaceChildren();
  document.dispatchEvent(new CustomEvent("walk", { detail: null }));
  if (!film) return;
  const video = document.createElement("video");
  Object.assign(video, { src: film.src, loop: true, muted: true, controls: true, playsInline: true, autoplay: true });
  video.setAttribute("aria-label", film.alt);
  const tell = () => {
    const share = video.duration ? video.currentTime / video.duration : 0;
    const frame = Math.min(film.places.length - 1, Math.floor(share * film.places.length));
    const [latitude, longitude] = film.places[frame] ?? [];
    if (latitude === undefined) return;
    document.dispatchEvent(new CustomEvent("walk", { detail: { latitude, longitude, heading_deg: film.headings[frame] ?? null } }));
  };
  for (const event of ["timeupdate", "seeking", "loadedmetadata"]) video.addEventListener(event, tell);
  stage.append(video, downloadLinks(film.files));
}

watch("value", show);
show();
