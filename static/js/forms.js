// A page with errors starts at their summary, also for those who cannot see it.
document.querySelector(".summary")?.focus();
