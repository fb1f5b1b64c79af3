// Names of places, offered by the browser's own list while somebody types into the field on the map.
const list = element.querySelector("datalist");

function show() {
  list.replaceChildren(...JSON.parse(props.value || "[]").map((name) => Object.assign(document.createElement("option"), { value: name })));
  document.querySelector("#place input")?.setAttribute("list", list.id);
}

watch("value", show);
show();
