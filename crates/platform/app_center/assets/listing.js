// Connecting in a window of its own, while the listing behind it tells how it goes. Without this, the form opens a new
// window by itself and the listing is reloaded by hand or every five seconds.
(() => {
  "use strict";
  const card = document.querySelector("[data-listing]");
  const form = document.querySelector("form[data-connect]");
  const listing = (card && card.dataset.listing) || (form && form.dataset.connect);
  if (!listing) return;

  const DAY = 24 * 60 * 60 * 1000, FIRST = 1000, SLOWEST = 5000;
  let popup = null;      // the partner's window, as long as it can be watched
  let elsewhere = false; // it was seen to have left this site, so that its end is an end
  let waiting = false, since = 0, stale = 0, delay = FIRST, timer = 0, known = card ? card.dataset.state : "not_connected";

  const show = (name, words) => {
    if (!card) return;
    for (const part of card.querySelectorAll("[data-card]")) part.hidden = part.dataset.card !== name;
    const live = card.querySelector("[data-announce]");
    const told = card.querySelector(`[data-card="${name}"] p`);
    live.textContent = words || (told ? told.textContent : "");
  };

  // The newest word from the server; null when it cannot be asked just now.
  const ask = async () => {
    try {
      const answer = await fetch(`${listing}/status`, { cache: "no-store", credentials: "same-origin" });
      return answer.headers.get("content-type").startsWith("application/json") ? (await answer.json()).state : null;
    } catch { return null; }
  };

  const reload = () => { if (card) location.reload(); else location.assign(listing); };

  // What a word from the server means here. Returns whether to go on asking.
  const told = (state) => {
    if (state === null) return true;
    if (state === "connected" || state === "signed_out") { reload(); return false; }
    // How the attempt before this one ended may still be the newest word.
    if (state === "unreachable" && Date.now() < stale) return true;
    if (state === "unreachable") { known = state; show("unreachable"); return false; }
    if (state === "pending" && !card) { reload(); return false; }
    if (state === "pending" && known !== "pending") { known = state; show("pending"); }
    // Given up or seen to close elsewhere; but at first the click may not have arrived yet.
    if (state === "not_connected" && (known === "pending" || known === "closed")) { reload(); return false; }
    if (state === "closed" && known === "pending" && !popup) { reload(); return false; }
    return Date.now() - since < DAY;
  };

  const poll = async () => {
    clearTimeout(timer);
    if (!waiting) return;
    const state = await ask();
    if (!waiting) return;
    waiting = told(state);
    delay = known === "closed" ? SLOWEST : Math.min(SLOWEST, delay * 1.1);
    if (waiting) timer = setTimeout(poll, delay);
  };

  const wait = () => { waiting = true; since = Date.now(); delay = FIRST; timer = setTimeout(poll, delay); };

  // The window is gone: says so, unless the partner was faster. A partner's page that cuts the tie to this one looks
  // gone as well; therefore only a window that was seen at the partner, or on this site, counts as closed.
  const gone = async () => {
    popup = null;
    const state = await ask();
    if (state === "not_connected" || state === "closed") { reload(); return; }
    if (state !== "pending") { waiting = told(state); return; }
    const body = new URLSearchParams({ csrf: card ? card.dataset.csrf : form.elements.csrf.value });
    try { await fetch(`${listing}/closed`, { method: "POST", body, redirect: "manual", credentials: "same-origin" }); } catch { return; }
    known = "closed";
    show("closed");
  };

  setInterval(() => {
    if (!popup) return;
    if (popup.closed) { if (elsewhere) gone(); return; }
    try { if (popup.location.href !== "about:blank") elsewhere = true; } catch { elsewhere = true; }
  }, 300);

  addEventListener("visibilitychange", () => { if (!document.hidden && waiting) { delay = FIRST; poll(); } });

  if (form) {
    const dialog = form.closest("dialog");
    const begin = () => {
      stale = known === "unreachable" ? Date.now() + 4000 : 0;
      known = "not_connected";
      if (dialog && dialog.open) dialog.close();
      // What is shared is agreed to anew every time.
      form.reset();
      form.dispatchEvent(new Event("change"));
      show("pending");
      wait();
    };
    form.addEventListener("submit", (event) => {
      elsewhere = false;
      const name = `connect${Date.now()}`;
      popup = window.open("", name, "popup,width=900,height=700");
      if (!popup) {
        if (!card) return; // the form opens a window by itself
        event.preventDefault();
        dialog.close();
        show("blocked");
        return;
      }
      try { popup.opener = null; } catch { /* it stays as unable to reach back as its site makes it */ }
      form.target = name;
      form.removeAttribute("rel");
      setTimeout(() => { form.target = "_blank"; form.rel = "noopener"; begin(); popup && popup.focus(); }, 0);
    });
    const again = card && card.querySelector("[data-open-again]");
    if (again) again.addEventListener("click", () => { form.target = "_blank"; form.submit(); begin(); });
  }

  // The page was opened or reloaded while an attempt is under way: its window cannot be watched any more.
  if (known === "pending" || known === "closed") wait();
})();
