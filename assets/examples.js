// Examples: each is a button that asks for its picture. The event is 'example_chosen'.
const list = element.querySelector(".examples");

function show() {
  list.replaceChildren(...JSON.parse(props.value || "[]").map(({ title, prompt }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.title = prompt;
    button.addEventListener("click", () => trigger("example_chosen", { title }));
    return button;
  }));
}

watch("value", show);
show();
