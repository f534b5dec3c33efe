/* Filling Table B.1: rows by J and K, states by number, and one version of the sheet for every form. */
(function () {
  "use strict";
  const sheet = document.querySelector("[data-sheet]");
  if (!sheet) return;

  // Every write answers with the sheet's next version. A request waiting in the queue reads its form when it
  // leaves, so the forms must know the version as soon as the answer is in the page.
  function versions() {
    const now = document.getElementById("sheet-version");
    if (!now) return;
    document.querySelectorAll('input[name="version"]').forEach((input) => {
      input.value = now.value;
    });
  }
  document.addEventListener("htmx:oobAfterSwap", versions);
  document.addEventListener("htmx:afterSwap", versions);

  const problem = document.getElementById("sheet-problem");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (problem && sheet.contains(event.target)) problem.textContent = "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (problem && event.detail.target === problem && problem.firstElementChild)
      problem.scrollIntoView({ block: "center" });
  });

  const rows = () => Array.from(sheet.querySelectorAll("tr[data-row]"));
  let here = -1;
  function go(step) {
    const found = rows();
    if (!found.length) return;
    here = Math.max(0, Math.min(found.length - 1, here + step));
    found.forEach((row, place) => row.classList.toggle("here", place === here));
    found[here].focus({ preventScroll: true });
    found[here].scrollIntoView({ block: "center" });
  }

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row) here = rows().indexOf(row);
  });

  document.addEventListener("keydown", (event) => {
    if (event.repeat || !window.qc.isShortcut(event)) return;
    const key = event.key.toLowerCase();
    if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (here >= 0 && /^[1-9]$/.test(key)) choose(rows()[here], key);
    else if (here >= 0 && key === "r") focusIn(rows()[here], ".reason-text");
    else if (here >= 0 && key === "e") evidence(rows()[here]);
    else return;
    event.preventDefault();
  });

  function choose(row, number) {
    const radio = row.querySelector('input[data-choice="' + number + '"]');
    if (!radio || radio.checked) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function focusIn(row, what) {
    const field = row.querySelector(what);
    if (field) field.focus();
  }
  function evidence(row) {
    const details = row.querySelector("[data-evidence]");
    if (!details) return;
    details.open = true;
    focusIn(row, "[data-evidence] input:not([type=hidden])");
  }
})();
