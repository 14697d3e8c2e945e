// Reloads the page while long work goes on, so that its bar moves; not under somebody's typing.
const bar = document.querySelector("progress[data-reload-seconds]");
if (bar) {
  setInterval(() => {
    const typing = document.activeElement?.matches("input, textarea, select, button");
    if (!typing && !document.hidden) location.reload();
  }, bar.dataset.reloadSeconds * 1000);
}
