// Moves the focus to the summary of errors, so that a screen reader starts there.
document.querySelector(".summary")?.focus();
