// Puts the map's document into its frame and joins it to Gradio. DOCUMENT and OPTIONS are set above by ui/map.py.
// The cone and the heading's dial tell each other by 'turned' and 'dial' on the document, without Python; so do the ring
// around a landmark and the viewer that turns it, by 'side' and 'side-chosen'.
// Events: 'map_clicked', 'map_turned', 'region_drawn', 'region_cleared', 'mosaic_cleared', 'pin_opened',
// 'side_chosen'
const frame = element.querySelector("iframe");
const view = () => frame.contentWindow.placeMap;
const dark = () => document.body.classList.contains("dark");
frame.addEventListener("load", () => {
  const inside = frame.contentWindow;
  if (!inside.placeMap) return;
  const { map, draw, tiles, base, texts } = OPTIONS;
  view().start({
    map: inside[map], drawn: inside[`drawnItems_${draw}`], tiles: inside[tiles], base, texts, dark: dark(),
    send: (name, data) => {
      if (name === "side_chosen") document.dispatchEvent(new CustomEvent("side-chosen", { detail: data }));
      if (name === "turning") document.dispatchEvent(new CustomEvent("turned", { detail: data }));
      else trigger(name, data);
    },
  });
  view().apply(props.value);
  // The page's keys hold while the map has the keyboard too; the arrows are the map's own, and Escape ends a drawing.
  inside.addEventListener("keydown", ({ key, ctrlKey, metaKey, shiftKey }) => {
    const own = key.startsWith("Arrow") || inside.document.querySelector(".leaflet-draw-tooltip");
    if (!own) document.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, metaKey, shiftKey }));
  });
});
document.addEventListener("dial", ({ detail: { name, value } }) => ({ heading: view()?.turn, azimuth: view()?.orbit })[name]?.(value));
document.addEventListener("side", ({ detail }) => view()?.orbit(detail.azimuth_deg));
document.addEventListener("walk", ({ detail }) => view()?.walk(detail));
watch("value", () => view()?.apply(props.value));
new MutationObserver(() => view()?.theme(dark())).observe(document.body, { attributes: true, attributeFilter: ["class"] });
frame.srcdoc = DOCUMENT;
