// Turns a landmark: <model-viewer> shows the GLB, and tells the ring on the map from which side it is seen ('side' on the
// document); a side that is chosen on the ring turns the model. Without the viewer its film is shown. OPTIONS are set
// above by ui/landmarks.py. In the GLB x is east and z south, so the viewer's theta is 180 degrees less the azimuth.
const stage = element.querySelector(".model");
const RISE_DEG = 82; // of the camera, from straight above
let model = null;

const azimuthOf = (theta) => (540 - (theta * 180) / Math.PI) % 360;
const orbitAt = (degrees) => `${180 - degrees}deg ${RISE_DEG}deg auto`;

function viewer({ src, alt, azimuth_deg }) {
  import(new URL(OPTIONS.viewer, document.baseURI));
  model = document.createElement("model-viewer");
  const set = {
    src, alt, "camera-controls": "", "interaction-prompt": "none", "camera-orbit": orbitAt(azimuth_deg),
    "min-camera-orbit": "auto 10deg auto", "max-camera-orbit": "auto 96deg auto", "shadow-intensity": "0.6", tabindex: "0",
  };
  for (const [name, value] of Object.entries(set)) model.setAttribute(name, value);
  model.addEventListener("camera-change", ({ detail }) => {
    const degrees = azimuthOf(model.getCameraOrbit().theta);
    model.dataset.azimuth = Math.round(degrees) % 360;
    if (detail.source === "user-interaction") tell(degrees);
  });
  model.addEventListener("load", () => tell(azimuth_deg));
  return model;
}

function film({ film, alt }) {
  const shown = [document.createElement("p")];
  shown[0].className = "notice";
  shown[0].textContent = OPTIONS.missing;
  if (film) {
    const video = document.createElement("video");
    Object.assign(video, { src: film, loop: true, muted: true, controls: true, playsInline: true, autoplay: true });
    video.setAttribute("aria-label", alt);
    shown.unshift(video);
  }
  return shown;
}

function tell(degrees) {
  document.dispatchEvent(new CustomEvent("side", { detail: { azimuth_deg: degrees } }));
}

function show() {
  const landmark = JSON.parse(props.value || "null");
  stage.replaceChildren();
  model = null;
  if (!landmark) return;
  stage.append(...(OPTIONS.viewer ? [viewer(landmark)] : film(landmark)), downloadLinks(landmark.files));
}

document.addEventListener("side-chosen", ({ detail }) => {
  model?.setAttribute("camera-orbit", orbitAt(detail.azimuth_deg));
});
watch("value", show);
show();
