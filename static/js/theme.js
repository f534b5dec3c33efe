/* Loaded before the first paint: puts the reader's stored choice of light or dark on the page, so nothing flashes. */
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  try {
    const kept = localStorage.getItem("theme");
    if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
  } catch (_) {
    /* Storage may be forbidden; the system's scheme then holds. */
  }
})();
