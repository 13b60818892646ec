// The crew's short form on the flights page.
"use strict";
(() => {
  const form = document.getElementById("finding-form");
  if (!form) return;
  const answer = document.getElementById("finding-answer");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { seen: form.seen.value === "yes", text: form.text.value };
    const reply = await fetch(`/api/v1/flights/${encodeURIComponent(form.flight.value)}/findings`, {
      method: "POST", credentials: "same-origin",
      headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (reply.ok) { location.reload(); return; }
    answer.textContent = (await reply.json()).error ?? reply.statusText;
    answer.hidden = false;
  });
})();
