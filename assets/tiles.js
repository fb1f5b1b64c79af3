// The street map's tiles: over our own map while they answer, away where they do not, and a button to show and hide them.

window.mapTiles = (() => {
  "use strict";

  function start(map, tiles, texts) {
    const button = addButton(map, texts);
    let failed = 0;
    const show = (on) => {
      if (on) tiles.addTo(map);
      else map.removeLayer(tiles);
      button.setAttribute("aria-pressed", on);
      document.documentElement.classList.toggle("tiled", on && failed === 0);
    };
    tiles.on("tileload", () => {
      failed = 0;
      document.documentElement.classList.add("tiled");
    });
    tiles.on("tileerror", () => {
      failed += 1;
      if (failed === 4) show(false);
    });
    button.addEventListener("click", () => {
      failed = 0;
      show(!map.hasLayer(tiles));
    });
    show(true);
  }

  function addButton(map, texts) {
    const Button = L.Control.extend({
      options: { position: "topright" },
      onAdd() {
        this.button = document.createElement("button");
        this.button.className = "tile-button";
        this.button.textContent = texts.tiles;
        this.button.type = "button";
        this.button.title = texts.tiles_hint;
        L.DomEvent.disableClickPropagation(this.button);
        return this.button;
      },
    });
    return new Button().addTo(map).button;
  }

  return { start };
})();
