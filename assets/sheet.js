// A sheet of prints; every print is a button that recalls its picture. The event is 'print_opened'.
const sheet = element.querySelector(".sheet");

function show() {
  const prints = JSON.parse(props.value || "[]");
  sheet.replaceChildren(...prints.map(({ id, url, title, words }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = title;
    button.setAttribute("aria-label", title);
    const image = document.createElement("img");
    image.src = url;
    image.alt = "";
    image.loading = "lazy";
    const caption = document.createElement("span");
    caption.textContent = words;
    button.append(image, caption);
    button.addEventListener("click", () => trigger("print_opened", { id }));
    return button;
  }));
}

watch("value", show);
show();
