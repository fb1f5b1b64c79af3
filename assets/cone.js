// The heading as a cone; its knob turns it, by hand or with the arrow keys. Without a heading there is a ring with the
// knob at north, and a button leads back to that.
// `hand` hears what happens: turns(degrees) at every move, holds() and leaves(degrees, changed) at begin and end of a
// drag, tells(degrees) when a direction is chosen in another way. Degrees are null for any direction.

window.headingCone = (map, at, heading, texts, hand) => {
  "use strict";
  const node = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  const mark = node("div", "heading");
  const wedge = node("div", "cone");
  const knob = Object.assign(node("button", "knob"), { type: "button", title: texts.turn });
  const open = Object.assign(node("button", "open-heading", texts.any_direction), { type: "button" });
  knob.setAttribute("aria-label", texts.turn);
  wedge.append(node("b", ""), knob);
  mark.append(node("div", "ring"), wedge, open);
  let turned;

  function turn(degrees) {
    turned = degrees;
    mark.classList.toggle("open", turned === null);
    wedge.style.transform = `rotate(${turned ?? 0}deg)`;
  }

  function turnByHand(degrees) {
    turn(degrees);
    hand.turns(degrees);
  }

  knob.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    event.stopPropagation();
    knob.focus({ preventScroll: true });
    knob.setPointerCapture(event.pointerId);
    map.dragging.disable();
    mark.classList.add("turning");
    hand.holds();
    const before = turned;
    const centre = map.latLngToContainerPoint(at);
    const frame = map.getContainer().getBoundingClientRect();
    const follow = (move) => {
      const east = move.clientX - frame.left - centre.x;
      const north = centre.y - (move.clientY - frame.top);
      turnByHand(Math.round((Math.atan2(east, north) * 180) / Math.PI + 360) % 360);
    };
    const release = () => {
      knob.removeEventListener("pointermove", follow);
      map.dragging.enable();
      mark.classList.remove("turning");
      hand.leaves(turned, turned !== before);
    };
    knob.addEventListener("pointermove", follow);
    knob.addEventListener("lostpointercapture", release, { once: true });
  });
  knob.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -10, ArrowRight: 10 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    turnByHand(((turned ?? 0) + by + 360) % 360);
  });
  knob.addEventListener("keyup", (event) => ["ArrowLeft", "ArrowRight"].includes(event.key) && hand.tells(turned));
  open.addEventListener("click", () => {
    turnByHand(null);
    hand.tells(null);
  });
  L.DomEvent.disableClickPropagation(knob);
  L.DomEvent.disableClickPropagation(open);
  turn(heading);
  const icon = L.divIcon({ className: "cone-mark", iconSize: [0, 0], html: mark });
  return { turn, marker: L.marker(at, { icon, interactive: false, keyboard: false, pane: "cones" }) };
};
