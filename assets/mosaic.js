// An atlas as a page of its own: our base map where there is one, the mosaic over it, and the cells to be asked.

((data) => {
  "use strict";
  const AREAS = { land: "#f6f3ec", pier: "#f6f3ec", water: "#cfe0e8", lake: "#cfe0e8", park: "#cfe0c3", lawn: "#cfe0c3", plaza: "#ebe5d8" };
  const WAYS = { avenue: 2, highway: 2, bridge: 2, street: 1, lane: 0.5, path: 0.5 };
  const map = L.map("map", { zoomSnap: 0.25, attributionControl: false });

  if (data.base) {
    L.geoJSON(data.base, {
      renderer: L.canvas(),
      interactive: false,
      filter: ({ properties }) => properties.kind in AREAS || properties.kind in WAYS,
      style: ({ properties }) =>
        properties.kind in AREAS
          ? { stroke: false, fill: true, fillColor: AREAS[properties.kind], fillOpacity: 1 }
          : { color: "#ffffff", weight: WAYS[properties.kind], fill: false },
    }).addTo(map);
  }
  // Leaflet's own style lays canvas at 100 and SVG at 200: the mosaic belongs between them.
  L.imageOverlay(data.src, data.bounds, { alt: data.title, zIndex: 150 }).addTo(map);
  L.geoJSON(data.cells, {
    style: { color: "#1f2328", weight: 1, opacity: 0.25, fillOpacity: 0 },
    onEachFeature: ({ properties }, layer) => layer.bindPopup(() => words(properties)),
  }).addTo(map);
  L.control.scale().addTo(map);
  map.fitBounds(data.bounds);

  // As text, never as HTML: a prompt may hold anything.
  function words({ latitude, longitude, heading, hour, prompt }) {
    const said = [`${latitude.toFixed(6)}, ${longitude.toFixed(6)}`, prompt];
    if (heading !== null) said.push(`${Math.round(heading)}°`);
    if (hour !== null) said.push(`${Math.floor(hour)}:${String(Math.floor((hour % 1) * 60)).padStart(2, "0")}`);
    const box = document.createElement("div");
    box.textContent = said.filter(Boolean).join(" · ");
    return box;
  }
})(DATA);
