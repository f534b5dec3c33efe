/* The new-audit form: the day of one's own is asked for only when it is wanted. */
(function () {
  "use strict";
  const period = document.getElementById("id_period");
  const until = document.querySelector("[data-custom-until]");
  if (!period || !until) return;
  const show = () => {
    until.hidden = period.value !== "until";
  };
  period.addEventListener("change", show);
  show();
})();
