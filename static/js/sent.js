/* A form is sent once. A second click within four seconds is ignored; a page that the browser fetches again on the
   way back sends the token of the form as it was first sent, so that the server recognises it (staff/form_tokens). */
(function () {
  "use strict";
  const PAUSE_MS = 4000;
  const FIELD = "form_token";
  const lately = new Map();

  const isOurs = (form) => (form.getAttribute("method") || "").toLowerCase() === "post" && !form.matches("[hx-post]");
  function address(form, submitter) {
    const action = (submitter && submitter.getAttribute("formaction")) || form.getAttribute("action") || "";
    const url = new URL(action || location.href, document.baseURI);
    return url.pathname + url.search;
  }
  const earlier = () => (history.state && history.state.sentForms) || {};

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !isOurs(form)) return;
    if (lately.has(form)) {
      event.preventDefault();
      return;
    }
    lately.set(
      form,
      setTimeout(() => lately.delete(form), PAUSE_MS),
    );
    const token = form.elements[FIELD] || form.elements.csrfmiddlewaretoken;
    if (!token) return;
    const sentForms = { ...earlier(), [address(form, event.submitter)]: token.value };
    history.replaceState({ ...history.state, sentForms }, "");
  });

  document.querySelectorAll("form").forEach((form) => {
    const token = isOurs(form) && earlier()[address(form)];
    if (!token) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = FIELD;
    field.value = token;
    form.append(field);
  });

  // Shown again from the browser's memory: what was sent may be sent again, the token is still the same.
  window.addEventListener("pageshow", () => {
    lately.forEach(clearTimeout);
    lately.clear();
  });
})();
