// Asks before unsaved words are lost, and sends a form only once if its button is pressed twice.
const form = document.querySelector("#content-main > form[method='post']");
if (form) {
  const typed = () => JSON.stringify(
    [...new FormData(form)].map(([name, value]) => [name, value.name ?? value, value.size]),
  );
  let before = null;
  let isSent = false;

  // Remembers the fields at the first key or click, because editors and pickers fill in fields while
  // the page loads.
  const remember = () => { before ??= typed(); };
  for (const event of ["focusin", "pointerdown", "keydown", "beforeinput"]) {
    document.addEventListener(event, remember, { capture: true });
  }

  // A page that came back with errors or questions holds words that are not saved.
  const isUnsaved = () => form.querySelector("[data-unsaved]") || (before !== null && typed() !== before);

  addEventListener("beforeunload", (event) => {
    if (!isSent && isUnsaved()) {
      event.preventDefault();
    }
  });
  addEventListener("pageshow", () => { isSent = false; });

  form.addEventListener("submit", (event) => {
    if (isSent) {
      event.preventDefault();
      return;
    }
    isSent = true;
    // If no answer comes, the button must work again.
    setTimeout(() => { isSent = false; }, 10_000);
  });
}
