// Reloads the page while a long task runs, so that its progress bar moves, but not while a person types.
const bar = document.querySelector("progress[data-reload-seconds]");
if (bar) {
  setInterval(() => {
    const typing = document.activeElement?.matches("input, textarea, select, button");
    if (!typing && !document.hidden) location.reload();
  }, bar.dataset.reloadSeconds * 1000);
}
