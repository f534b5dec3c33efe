/* Judging: autosave with its state in sight, saving by keyboard, ready-made judgements.
   The rulings themselves are plain forms and need nothing of this. */
(function () {
  "use strict";
  const root = document.querySelector("[data-judge]");
  if (!root) return;
  const saved = document.getElementById("saved");
  const dialog = document.getElementById("clause-search");

  // --- autosave ------------------------------------------------------------------------------------
  let version = Number(root.dataset.draftVersion);
  let waiting = null;
  let stopped = false;
  let submitting = false;
  let queue = Promise.resolve();

  function showState(state, text) {
    if (!saved) return;
    saved.className = "saved " + state;
    root.toggleAttribute("data-draft-failed", state === "failed");
    saved.textContent = text;
  }

  function body(part) {
    const data = new FormData(part);
    data.set("part", part.dataset.part);
    data.set("draft_version", String(version));
    return data;
  }

  function save(part) {
    if (stopped || submitting) return;
    queue = queue.then(async () => {
      if (stopped || submitting) return;
      showState("saving", "正在保存草稿…");
      try {
        const answer = await send(part);
        if (answer.status === 503) {
          showState("failed", "系统繁忙，草稿未能保存：请先复制已填内容，稍候再试");
          return;
        }
        const reply = await answer.json();
        if (answer.ok) {
          version = reply.draft_version;
          showState("", "草稿已保存 " + reply.saved_at);
        } else {
          stopped = answer.status === 409;
          showState("failed", reply.message);
        }
      } catch (_) {
        showState("failed", "草稿未能保存：网络中断或已退出登录，请先复制已填内容");
      }
    });
  }

  // While the database is busy the server asks to come again: what was typed is sent anew, as it is by then.
  const TRIES = 5;
  async function send(part) {
    for (let tried = 1; ; tried++) {
      const answer = await fetch(root.dataset.draftUrl, { method: "POST", body: body(part), redirect: "error" });
      if (answer.status !== 503 || tried === TRIES) return answer;
      showState("saving", "系统繁忙，稍候自动重试…");
      const seconds = Number(answer.headers.get("Retry-After")) || 5;
      await new Promise((resume) => setTimeout(resume, seconds * 1000 * (0.5 + Math.random())));
      if (stopped || submitting) return answer;
    }
  }

  let touched = null;
  function later(part) {
    touched = part;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      touched = null;
      save(part);
    }, 1200);
    if (!stopped) showState("saving", "有未保存的输入…");
  }

  document.querySelectorAll("form[data-part]").forEach((part) => {
    part.addEventListener("input", () => later(part));
    part.addEventListener("change", () => later(part));
    part.addEventListener("submit", () => {
      submitting = true;
      clearTimeout(waiting);
      touched = null;
    });
  });
  // Leaving with something typed: sent as the page goes, so that J and K lose nothing.
  window.addEventListener("pagehide", () => {
    if (touched && !stopped && !submitting) navigator.sendBeacon(root.dataset.draftUrl, body(touched));
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  // --- saving by keyboard --------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || (dialog && dialog.open)) return;
    const inside = event.target.closest("form[data-part]");
    const forms = [...document.querySelectorAll("form[data-part]")];
    const open = forms.filter((one) => !one.closest("details:not([open])"));
    const chosen = inside || open[open.length - 1];
    const button = chosen && chosen.querySelector("[data-save]");
    if (button) {
      event.preventDefault();
      chosen.requestSubmit(button);
    }
  });

  // --- ready-made judgements -----------------------------------------------------------------------
  document.querySelectorAll("[data-preset]").forEach((button) =>
    button.addEventListener("click", () => {
      const [localisation, characterisation, errorKind, judgement] = button.dataset.preset.split(" ");
      const part = document.getElementById("conclusion-form");
      part.elements.localisation.value = localisation;
      part.elements.characterisation.value = characterisation;
      part.elements.error_kind.value = errorKind;
      part.elements.judgement.value = judgement;
      later(part);
      if (judgement === "discordant" || judgement === "undecidable") part.elements.conclusion_reason.focus();
    }),
  );
})();
