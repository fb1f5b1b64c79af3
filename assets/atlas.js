// Our own base map, under the tiles: shores, parks and streets on canvas, a graticule, and names in small capitals.

window.atlas = (() => {
  "use strict";
  let map, css, canvas;
  const paths = []; // {layer, kind, width_m}
  const names = []; // {text, kind, at, angle, rank, from, to}
  const shownNames = new Map();
  const grid = { lines: null, marks: new Map() };

  const AREAS = { land: "--land", water: "--water", lake: "--water", park: "--park", lawn: "--park", plaza: "--plaza", pier: "--land" };
  const NAMELESS = new Set(["land", "water", "pier"]);
  const WAYS = { street: 14, avenue: 26, highway: 26, lane: 9, path: 4, bridge: 18 };

  function start(onMap, base, credit, cssOf) {
    map = onMap;
    css = cssOf;
    canvas = L.canvas({ pane: "atlas", padding: 0.4 });
    grid.lines = L.layerGroup().addTo(map);
    map.on("moveend", settle);
    map.on("move", followEdges);
    settle();
    if (base) {
      fetch(base)
        .then((answer) => answer.json())
        .then((features) => {
          map.attributionControl.addAttribution(credit);
          draw(features.features);
          settle();
        });
    }
  }

  // ---- what lies on the ground ---------------------------------------------------------------------------------

  function draw(features) {
    for (const feature of features) {
      const { kind, name, width_m } = feature.properties;
      if (kind in AREAS || kind in WAYS) {
        L.geoJSON(feature, { interactive: false, renderer: canvas, pane: "atlas" })
          .addTo(map)
          .eachLayer((layer) => paths.push({ layer, kind, width_m: width_m || WAYS[kind] }));
      }
      if (name && !NAMELESS.has(kind)) nameOf(feature, kind, name);
    }
    repaint();
  }

  function repaint() {
    if (!map) return;
    const metres = (40075016.686 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (256 * 2 ** map.getZoom());
    for (const { layer, kind, width_m } of paths) {
      if (kind in AREAS) {
        const fill = css(AREAS[kind]);
        layer.setStyle({ stroke: false, fill: true, fillColor: fill, fillOpacity: 1 });
      } else {
        const minor = kind !== "avenue" && kind !== "highway" && kind !== "bridge";
        const wide = Math.max((width_m * 0.62) / metres, minor ? 0.5 : 1);
        layer.setStyle({ color: css("--street"), weight: wide, opacity: minor && wide < 1 ? 0.6 : 1, lineCap: "butt", fill: false });
      }
    }
    graticule();
  }

  // ---- names -----------------------------------------------------------------------------------------------------

  // Kind -> rank (0 is written first), first and last zoom at which it is written.
  const RANKS = { borough: [0, 10, 14], river: [1, 10, 19], neighbourhood: [2, 11.5, 16], landmark: [3, 14, 19], park: [4, 13, 19], lake: [5, 15, 19], bridge: [5, 14, 19] };

  function nameOf(feature, kind, text) {
    if (kind in WAYS && kind !== "bridge") {
      const line = L.GeoJSON.coordsToLatLngs(feature.geometry.coordinates);
      for (const share of [0.5, 0.2, 0.8, 0.35, 0.65, 0.08, 0.92]) {
        names.push({ text, kind, ...alongLine(line, share), rank: kind === "avenue" ? 6 : 7, from: kind === "avenue" ? 15 : 16, to: 19 });
      }
      return;
    }
    const [rank, from, to] = RANKS[kind] || [8, 16, 19];
    const shape = L.geoJSON(feature).getLayers()[0];
    const at = shape.getLatLng ? shape.getLatLng() : middle(shape);
    names.push({ text, kind, at, angle: 0, rank, from, to });
  }

  function middle(shape) {
    const ring = shape.getLatLngs().flat(2);
    let area = 0, lat = 0, lng = 0;
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length];
      const cross = a.lng * b.lat - b.lng * a.lat;
      area += cross;
      lat += (a.lat + b.lat) * cross;
      lng += (a.lng + b.lng) * cross;
    });
    return Math.abs(area) > 1e-12 ? L.latLng(lat / (3 * area), lng / (3 * area)) : shape.getBounds().getCenter();
  }

  function alongLine(line, share) {
    const points = line.map((latlng) => map.project(latlng, 18));
    const lengths = points.slice(1).map((point, i) => point.distanceTo(points[i]));
    let left = share * lengths.reduce((sum, length) => sum + length, 0);
    let i = 0;
    while (i < lengths.length - 1 && left > lengths[i]) left -= lengths[i++];
    const [a, b] = [points[i], points[i + 1]];
    const at = a.add(b.subtract(a).multiplyBy(lengths[i] ? left / lengths[i] : 0));
    let angle = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
    if (angle > 90) angle -= 180;
    if (angle < -90) angle += 180;
    return { at: map.unproject(at, 18), angle };
  }

  // Greedy: the more important name first, and none where it would touch another.
  function placeNames() {
    const zoom = map.getZoom();
    const view = map.getBounds().pad(0.1);
    const taken = [];
    const kept = new Set();
    const written = [];
    names
      .map((name, index) => ({ ...name, index }))
      .filter((name) => zoom >= name.from && zoom <= name.to && view.contains(name.at))
      .sort((one, other) => one.rank - other.rank)
      .forEach((name) => {
        const at = map.latLngToContainerPoint(name.at);
        const turn = (name.angle * Math.PI) / 180;
        const [long, high] = [name.text.length * 7 + 14, 18];
        const half = [(Math.abs(long * Math.cos(turn)) + Math.abs(high * Math.sin(turn))) / 2, (Math.abs(long * Math.sin(turn)) + Math.abs(high * Math.cos(turn))) / 2];
        const box = [at.x - half[0], at.y - half[1], at.x + half[0], at.y + half[1]];
        if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return;
        if (written.some((other) => other.text === name.text && other.at.distanceTo(at) < 320)) return;
        taken.push(box);
        written.push({ text: name.text, at });
        kept.add(name.index);
        if (!shownNames.has(name.index)) shownNames.set(name.index, write(name));
      });
    for (const [index, marker] of shownNames) {
      if (!kept.has(index)) {
        map.removeLayer(marker);
        shownNames.delete(index);
      }
    }
  }

  function write(name) {
    const span = document.createElement("span");
    span.textContent = name.text;
    span.style.transform = `translate(-50%, -50%) rotate(${name.angle}deg)`;
    const icon = L.divIcon({ className: `name ${name.kind}`, iconSize: [0, 0], html: span });
    return L.marker(name.at, { icon, interactive: false, keyboard: false, pane: "atlas-names" }).addTo(map);
  }

  // ---- graticule: meridians and parallels at round values, their degrees at the map's edge --------------------------

  const STEPS = [10, 5, 2, 1, 1 / 2, 1 / 6, 1 / 12, 1 / 30, 1 / 60, 1 / 120, 1 / 360, 1 / 720, 1 / 1800, 1 / 3600];

  function graticule() {
    grid.lines.clearLayers();
    const view = map.getBounds();
    const degreesPerPixel = (view.getEast() - view.getWest()) / map.getSize().x;
    const step = [...STEPS].reverse().find((degrees) => degrees / degreesPerPixel > 130) || STEPS[0];
    const wide = view.pad(0.5);
    const style = { renderer: canvas, pane: "atlas", interactive: false, color: css("--graticule"), weight: 1 };
    const wanted = new Map();
    const each = (low, high, add) => {
      for (let k = Math.ceil(low / step); k * step <= high; k++) add(k * step);
    };
    each(Math.max(wide.getSouth(), -85), Math.min(wide.getNorth(), 85), (lat) => {
      L.polyline([[lat, wide.getWest()], [lat, wide.getEast()]], style).addTo(grid.lines);
      wanted.set(`parallel ${lat.toFixed(6)}`, { lat });
    });
    each(wide.getWest(), wide.getEast(), (lng) => {
      L.polyline([[wide.getSouth(), lng], [wide.getNorth(), lng]], style).addTo(grid.lines);
      wanted.set(`meridian ${lng.toFixed(6)}`, { lng });
    });
    for (const [key, mark] of grid.marks) {
      if (!wanted.has(key)) {
        map.removeLayer(mark.marker);
        grid.marks.delete(key);
      }
    }
    for (const [key, line] of wanted) {
      if (!grid.marks.has(key)) grid.marks.set(key, { ...line, marker: degreeMark(line) });
    }
    followEdges();
  }

  function degreeMark({ lat, lng }) {
    const span = document.createElement("span");
    span.textContent = lat === undefined ? degrees(lng, "E", "W") : degrees(lat, "N", "S");
    const icon = L.divIcon({ className: `degree ${lat === undefined ? "meridian" : "parallel"}`, iconSize: [0, 0], html: span });
    return L.marker([lat ?? 0, lng ?? 0], { icon, interactive: false, keyboard: false, pane: "atlas-names" }).addTo(map);
  }

  function degrees(value, positive, negative) {
    const seconds = Math.round(Math.abs(((value + 540) % 360) - 180) * 3600);
    const [d, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
    const parts = [`${d}°`, m || s ? `${String(m).padStart(2, "0")}′` : "", s ? `${String(s).padStart(2, "0")}″` : ""];
    return `${parts.join("")} ${value < 0 ? negative : positive}`;
  }

  function followEdges() {
    const size = map.getSize();
    const left = map.containerPointToLatLng([size.x - 6, 0]).lng;
    const top = map.containerPointToLatLng([0, 6]).lat;
    for (const { lat, lng, marker } of grid.marks.values()) marker.setLatLng(lat === undefined ? [top, lng] : [lat, left]);
  }

  function settle() {
    repaint();
    placeNames();
  }

  return { start, repaint };
})();
