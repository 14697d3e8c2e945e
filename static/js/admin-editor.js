// The editor hides the labelled textarea and shows an element without a name, so it gets one here.
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const box = editor.view.dom;
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  box.setAttribute("role", "textbox");
  box.setAttribute("aria-multiline", "true");
  if (document.getElementById(`${textarea.id}_helptext`)) {
    box.setAttribute("aria-describedby", `${textarea.id}_helptext`);
  }
  if (!label) {
    return;
  }
  label.id ||= `${textarea.id}_label`;
  box.setAttribute("aria-labelledby", label.id);
  label.addEventListener("click", () => box.focus());
});
