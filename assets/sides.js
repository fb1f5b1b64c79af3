// The ring around a landmark: a bar for each bin of azimuths, as long as many photos were taken from there, and the
// camera, which stands where the picture is taken from. A click on a bar, or on the gap where there is none, chooses it.
// `choose(degrees)` hears of it; `stand(degrees)` moves the camera, null takes it away.

window.landmarkSides = (map, state, texts, choose) => {
  "use strict";
  const INNER = 0.5; // of the radius; the bars stand outside of it
  const STEP = 360 / state.counts.length;
  const most = Math.max(1, ...state.counts);
  const group = L.layerGroup();
  const at = (degrees, share) => {
    const angle = (degrees * Math.PI) / 180;
    const north = (share * state.radius_m * Math.cos(angle)) / 111320;
    const east = (share * state.radius_m * Math.sin(angle)) / (111320 * Math.cos((state.latitude * Math.PI) / 180));
    return [state.latitude + north, state.longitude + east];
  };
  const arc = (from, to, share) => Array.from({ length: 7 }, (_, part) => at(from + ((to - from) * part) / 6, share));
  const sector = (from, to, outer) => [...arc(from, to, INNER), ...arc(to, from, outer)];

  state.counts.forEach((count, number) => {
    const [from, to] = [(number - 0.46) * STEP, (number + 0.46) * STEP];
    const outer = INNER + (1 - INNER) * Math.sqrt(count / most);
    const bar = count
      ? L.polygon(sector(from, to, outer), { className: "side", interactive: false, pane: "regions" })
      : L.polyline(arc(from, to, INNER), { className: "side-gap", interactive: false, fill: false, pane: "regions" });
    const photos = count === 1 ? texts.photo : texts.photos.replace("{}", count || texts.no);
    const degrees = Math.round(number * STEP);
    L.polygon(sector((number - 0.5) * STEP, (number + 0.5) * STEP, 1), { className: "side-hit", pane: "regions" })
      .bindTooltip(`${degrees}°: ${photos}`, { sticky: true, className: "note" })
      .on("mouseover mouseout", ({ type }) => bar.getElement()?.classList.toggle("over", type === "mouseover"))
      .on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        stand(degrees);
        choose(degrees);
      })
      .addTo(group);
    group.addLayer(bar);
  });

  let camera = null;
  function stand(degrees) {
    if (degrees === null) {
      camera?.remove();
      camera = null;
      return;
    }
    if (!camera) {
      const icon = L.divIcon({ className: "walker", iconSize: [28, 28], html: document.createElement("i") });
      camera = L.marker([0, 0], { icon, interactive: false, keyboard: false, pane: "marks" });
      group.addLayer(camera);
    }
    camera.setLatLng(at(degrees, 1.12));
    const show = () => {
      const mark = camera?.getElement()?.querySelector("i");
      mark?.classList.add("looks");
      if (mark) mark.style.transform = `rotate(${degrees + 180}deg)`; // it looks at the landmark
    };
    show();
    requestAnimationFrame(show); // the mark is made when the layer comes onto the map
  }
  stand(state.azimuth_deg);
  return Object.assign(group, { stand });
};
