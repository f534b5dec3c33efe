/* Checking one report of a month by keyboard: Ctrl+Enter saves. The form itself needs nothing of this. */
(function () {
  "use strict";
  const form = document.getElementById("description-form");
  const dialog = document.getElementById("clause-search");
  if (!form) return;
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || (dialog && dialog.open)) return;
    const button = form.querySelector("[data-save]");
    if (button) {
      event.preventDefault();
      form.requestSubmit(button);
    }
  });
  // A problem listed is a problem found: the answer follows the rows, and may still be changed.
  form.addEventListener("input", () => {
    const listed = [...form.querySelectorAll('[data-fault]:not([hidden]) [name$="-clause"]')].some((one) => one.value);
    const faulty = form.querySelector('[name="verdict"][value="nonconforming"]');
    if (listed && faulty && !form.querySelector('[name="verdict"]:checked')) faulty.checked = true;
  });
})();
