// The map inside its frame: draws the state that Python sends and tells Python what the hand did.
// The state is {seq, view: {seq, bounds}, layers: {id: {kind, ...}}}; a layer is drawn again only where it differs.

window.placeMap = (() => {
  "use strict";
  let map, send, texts, drawn, ground;
  let shown = {}; // id -> {key, layer}
  let lastSeq = -1; // an answer may come after that of a later question
  let viewSeq = -1;
  let lastPlace = "";
  let drawing = false;
  let place = null; // the layer "place" as it was last drawn
  let cone = null; // the cone on the map, of assets/cone.js
  let turning = false; // the hand is on the cone
  let waiting = null; // the state that came meanwhile

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const node = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // ---- kinds of layer: state -> Leaflet layer ---------------------------------------------------------------

  const kinds = {
    place(state) {
      const group = L.layerGroup();
      const at = [state.latitude, state.longitude];
      place = state;
      cone = null;
      if (String(at) !== lastPlace && !map.getBounds().contains(at)) map.panTo(at);
      lastPlace = String(at);
      if (state.cross) {
        const cross = L.divIcon({ className: "place-mark", iconSize: [34, 34], html: node("i") });
        L.marker(at, { icon: cross, interactive: false, keyboard: false, pane: "marks" }).addTo(group);
      }
      if (state.turns) {
        cone = window.headingCone(map, at, state.heading_deg, texts, hand);
        cone.marker.addTo(group);
      }
      return group;
    },
    box(state) {
      return L.rectangle(state.bounds, { className: "model-box", interactive: false, fill: false, pane: "regions" });
    },
    region(state) {
      const options = { className: `region ${state.shape}`, interactive: false, pane: "regions" };
      return state.shape === "line" ? L.polyline(state.places, { ...options, fill: false }) : L.polygon(state.places, options);
    },
    mosaic(state) {
      return L.imageOverlay(state.url, state.bounds, { alt: state.alt, opacity: state.opacity, className: "mosaic", pane: "mosaics" });
    },
    density(state) {
      const group = L.layerGroup();
      const draw = (cells) => {
        const most = Math.max(...cells.map(([, count]) => count));
        for (const [ring, count] of cells) {
          const weight = most > 1 ? Math.log(count) / Math.log(most) : 1;
          L.polygon(ring, { className: "cell", fillOpacity: 0.08 + 0.36 * weight, pane: "cells" })
            .bindTooltip(count === 1 ? texts.photo : texts.photos.replace("{}", count), { sticky: true, className: "note" })
            .addTo(group);
        }
      };
      fetch(state.url).then((answer) => answer.json()).then(draw);
      return group;
    },
    sides: (state) => window.landmarkSides(map, state, texts, (degrees) => send("side_chosen", { azimuth_deg: degrees })),
    pins: (state, before) => pins(state, before),
  };

  // Pins are kept from one state to the next, so that no print blinks when another one joins it.
  function pins(state, before) {
    const group = before || Object.assign(L.layerGroup(), { prints: new Map() });
    const wanted = new Set(state.items.map((item) => item.id));
    for (const [id, print] of group.prints) {
      if (!wanted.has(id)) {
        group.removeLayer(print);
        group.prints.delete(id);
      }
    }
    const stacks = new Map(); // pictures of one place lie like cards, the newest on top
    state.items.forEach((item, order) => {
      const spot = `${item.latitude.toFixed(5)} ${item.longitude.toFixed(5)}`;
      const below = stacks.get(spot) ?? 0;
      stacks.set(spot, below + 1);
      const old = group.prints.get(item.id);
      const print = old || printOf(item);
      if (!old) {
        group.prints.set(item.id, print);
        group.addLayer(print);
      }
      print.setZIndexOffset(item.id === state.selected ? 3000 : state.items.length - order);
      const show = () => {
        print.getElement()?.classList.toggle("selected", item.id === state.selected);
        print.getElement()?.style.setProperty("--below", Math.min(below, 6));
      };
      show();
      requestAnimationFrame(show);
    });
    return group;
  }

  function printOf(item) {
    const picture = node("img");
    picture.src = item.url;
    picture.alt = "";
    const icon = L.divIcon({ className: "print", iconSize: [46, 46], iconAnchor: [23, 54], html: picture });
    const print = L.marker([item.latitude, item.longitude], { icon, title: item.title, alt: item.title, riseOnHover: true });
    print.on("click", () => send("pin_opened", { id: item.id }));
    print.on("add", () => print.getElement().setAttribute("aria-label", item.title));
    return print;
  }

  // While the hand is on the cone, a state that comes is kept, and the cone stays as it is.
  const hand = {
    turns: (degrees) => send("turning", degrees),
    holds: () => (turning = true),
    leaves(degrees, changed) {
      turning = false;
      const missed = waiting;
      waiting = null;
      if (missed) apply(missed);
      cone?.turn(degrees);
      if (changed) hand.tells(degrees);
    },
    tells: (degrees) => send("map_turned", { heading_deg: degrees }),
  };

  // ---- the card at the foot of the map: what is shown, how large, and buttons that clear layers ---------------

  const Card = L.Control.extend({
    options: { position: "bottomleft" },
    onAdd() {
      this.root = node("div", "card");
      this.root.setAttribute("role", "status");
      L.DomEvent.disableClickPropagation(this.root);
      return this.root;
    },
    show(state) {
      this.root.replaceChildren();
      for (const line of state.legend) {
        const entry = node("p");
        entry.append(node("i", `swatch ${line.swatch}`), node("span", "", line.text));
        if (line.clears) {
          const clear = node("button", "clear", texts.clear);
          clear.type = "button";
          clear.addEventListener("click", () => send(`${line.swatch}_cleared`, {}));
          entry.append(clear);
        }
        this.root.append(entry);
      }
      this.root.hidden = !state.legend.length;
    },
  });
  const card = new Card();

  // ---- from Python -------------------------------------------------------------------------------------------

  function apply(json) {
    if (!map || !json) return;
    if (turning) {
      waiting = json;
      return;
    }
    const state = JSON.parse(json);
    if (state.seq < lastSeq) return;
    lastSeq = state.seq;
    drawn.clearLayers();
    if (state.view && state.view.seq !== viewSeq) {
      viewSeq = state.view.seq;
      map.fitBounds(state.view.bounds, { padding: [28, 28], maxZoom: 17, animate: false });
      ground?.(); // tiles only once it is known where to look
      ground = null;
    }
    for (const id of Object.keys(shown)) if (!(id in state.layers)) drop(id);
    if (!state.layers.place) place = cone = null;
    for (const [id, layer] of Object.entries(state.layers)) {
      const key = JSON.stringify(layer);
      if (shown[id]?.key === key) continue;
      if (layer.kind === "pins" && shown[id]) {
        kinds.pins(layer, shown[id].layer);
        shown[id].key = key;
        continue;
      }
      if (layer.kind === "place" && stays(layer)) {
        place = layer;
        cone.turn(layer.heading_deg);
        shown[id].key = key;
        continue;
      }
      if (layer.kind === "sides" && circles(layer)) {
        shown[id].layer.stand(layer.azimuth_deg);
        shown[id].key = key;
        continue;
      }
      drop(id);
      shown[id] = { key, layer: kinds[layer.kind](layer).addTo(map) };
    }
    card.show(state);
    document.documentElement.classList.toggle("ready", state.seq > 0); // before that there is nothing but the wide world
  }

  // Whether only the heading differs: then the cone is turned, and keeps the focus of the keyboard.
  function stays(layer) {
    return cone && layer.turns && ["latitude", "longitude", "cross"].every((name) => place[name] === layer[name]);
  }

  // Whether only the camera stands elsewhere: then the ring stays, and the hand above it keeps its bar.
  function circles(layer) {
    if (!shown.sides) return false;
    return JSON.stringify({ ...JSON.parse(shown.sides.key), azimuth_deg: layer.azimuth_deg }) === JSON.stringify(layer);
  }

  function drop(id) {
    if (shown[id]) map.removeLayer(shown[id].layer);
    delete shown[id];
  }

  // ---- to Python ---------------------------------------------------------------------------------------------

  const pair = (latlng) => {
    const wrapped = latlng.wrap();
    return [wrapped.lat, wrapped.lng];
  };

  function listen() {
    const keys = (on) => () => document.documentElement.classList.toggle("keys", on);
    document.addEventListener("keydown", keys(true), true); // Leaflet focuses the map on every click; only keys show it
    document.addEventListener("pointerdown", keys(false), true);
    const distance = () => document.documentElement.classList.toggle("far", map.getZoom() < 12);
    map.on("zoomend", distance);
    distance();
    map.on("draw:drawstart", () => (drawing = true));
    map.on("draw:drawstop", () => setTimeout(() => (drawing = false), 0)); // the last click of a drawing is no click
    map.on("click", (event) => {
      if (drawing) return;
      const [latitude, longitude] = pair(event.latlng);
      const at = { heading_deg: null, turns: false, ...place, latitude, longitude, cross: true };
      drop("place"); // the mark answers at once; Python's answer replaces it
      shown.place = { key: "", layer: kinds.place(at).addTo(map) };
      send("map_clicked", { latitude, longitude });
    });
    map.on("draw:created", (event) => {
      if (event.layerType === "circle") {
        const { layer } = event;
        return send("region_drawn", { shape: "circle", places: [pair(layer.getLatLng())], radius_m: layer.getRadius() });
      }
      const shape = event.layerType === "polyline" ? "line" : event.layerType === "rectangle" ? "box" : "polygon";
      const rings = event.layer.getLatLngs();
      send("region_drawn", { shape, places: (shape === "line" ? rings : rings[0]).map(pair) });
    });
  }

  // ---- start -------------------------------------------------------------------------------------------------

  function start(options) {
    ({ map, send, texts, drawn } = options);
    document.documentElement.classList.toggle("dark", options.dark);
    for (const [name, z] of [["atlas", 150], ["atlas-names", 160], ["cells", 405], ["mosaics", 410], ["regions", 420], ["cones", 590], ["marks", 595]]) {
      map.createPane(name).style.zIndex = z;
    }
    map.getPane("atlas-names").style.pointerEvents = "none";
    map.options.zoomSnap = 0.5;
    map.attributionControl.setPrefix(false);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    card.addTo(map);
    window.atlas.start(map, options.base, texts.credit, css);
    ground = () => options.tiles && window.mapTiles.start(map, options.tiles, texts);
    listen();
    new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  }

  function theme(dark) {
    document.documentElement.classList.toggle("dark", dark);
    window.atlas.repaint();
  }

  // Before Leaflet.draw makes its tools: our words take the place of its own, wherever it has such a word.
  function speak(words, into = L.drawLocal.draw) {
    for (const [name, said] of Object.entries(words)) {
      if (typeof said === "string") into[name] = said;
      else speak(said, into[name]);
    }
  }

  // The page's own dial for the side moves the camera around the landmark.
  const orbit = (degrees) => shown.sides?.layer.stand(degrees === "" || degrees === null ? null : Number(degrees));

  // The page's own dial turns the cone too.
  const turn = (degrees) => cone?.turn(degrees === "" || degrees === null ? null : Number(degrees));

  // Where the frame of a film that is looked at was taken, and which way it looks; null for none.
  let walker = null;
  function walk(at) {
    if (!at || !map) {
      walker?.remove();
      walker = null;
      return;
    }
    const icon = () => L.divIcon({ className: "walker", iconSize: [28, 28], html: node("i") });
    walker ??= L.marker([0, 0], { icon: icon(), interactive: false, keyboard: false, pane: "marks" }).addTo(map);
    walker.setLatLng([at.latitude, at.longitude]);
    const mark = walker.getElement().querySelector("i");
    mark.classList.toggle("looks", at.heading_deg !== null);
    mark.style.transform = `rotate(${at.heading_deg ?? 0}deg)`;
  }

  const pan = (east, south) => map?.panBy([80 * east, 80 * south]);

  return { start, apply, theme, speak, turn, orbit, walk, pan };
})();
