/* Loaded before the first paint: puts the reader's stored choice of light or dark on the page, so nothing flashes. */
(function () {
  "use strict";
  document.documentElement.classList.add("js");
  try {
    const stored = localStorage.getItem("theme");
    if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
  } catch (_) {
    /* Storage may be forbidden; the system's scheme then holds. */
  }
})();
