// Asks before what was typed is lost, and sends a form once, however often its button is pressed.
const form = document.querySelector("#content-main > form[method='post']");
if (form) {
  const typed = () => JSON.stringify(
    [...new FormData(form)].map(([name, value]) => [name, value.name ?? value, value.size]),
  );
  let before = null;
  let isSent = false;

  // As late as can be, because editors and pickers fill in fields while the page loads.
  const remember = () => { before ??= typed(); };
  for (const event of ["focusin", "pointerdown", "keydown", "beforeinput"]) {
    document.addEventListener(event, remember, { capture: true });
  }

  // What came back with errors or questions was typed and is not saved.
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
    // The answer may never come; then the button must work again.
    setTimeout(() => { isSent = false; }, 10_000);
  });
}
