// Makes pages pleasanter, never possible: everything works without it. Behaviour is bound by data attributes.
(() => {
  "use strict";
  const all = (selector, each) => document.querySelectorAll(selector).forEach(each);
  const byId = (id) => document.getElementById(id);

  // <button data-copy="id" hidden>: copies the text of #id. The button shows itself, since without script it does nothing.
  if (navigator.clipboard) all("[data-copy]", (button) => {
    const label = button.querySelector("[data-copy-label]") || button;
    const rest = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(byId(button.dataset.copy).textContent.trim()); label.textContent = button.dataset.copied || "Copied"; }
      catch { label.textContent = button.dataset.byHand || "Select and copy it by hand"; }
      setTimeout(() => { label.textContent = rest; }, 2000);
    });
  });

  // <a href="/page" data-dialog-open="id">: opens <dialog id>; without script or dialog the link is followed.
  all("[data-dialog-open]", (link) => link.addEventListener("click", (event) => {
    const dialog = byId(link.dataset.dialogOpen);
    if (!dialog || !dialog.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
  }));
  all("[data-dialog-close]", (control) => control.addEventListener("click", (event) => {
    const dialog = control.closest("dialog");
    if (dialog) { event.preventDefault(); dialog.close(); }
  }));
  all("dialog[data-open]", (dialog) => dialog.showModal());

  // <button data-enable-when-complete>: enabled when every required box of its form is ticked.
  all("[data-enable-when-complete]", (button) => {
    const boxes = [...button.form.querySelectorAll("input[type=checkbox][required]")];
    const update = () => { button.disabled = !boxes.every((box) => box.checked); };
    button.form.addEventListener("change", update);
    addEventListener("pageshow", update);
    update();
  });

  // A POST form is sent once; its button shows that it is under way. data-busy="words" replaces the button's words.
  // <form data-download> answers with a file, and the page stays. <button data-stands-in> is what Enter presses in place of it.
  all("form[method=post]:not([method=dialog])", (form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    if (event.defaultPrevented || (form.target && form.target !== "_self") || "download" in form.dataset) return;
    form.dataset.sent = "yes";
    const pressed = event.submitter;
    const button = pressed && "standsIn" in pressed.dataset ? form.querySelector(".button.primary") : pressed;
    if (!button || !button.classList.contains("button")) return;
    button.setAttribute("aria-busy", "true");
    if (button.dataset.busy) { button.dataset.rest = button.textContent; button.textContent = button.dataset.busy; }
  }));
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    all("form[data-sent]", (form) => { delete form.dataset.sent; });
    all("form [aria-busy=true]", (button) => {
      button.removeAttribute("aria-busy");
      if (button.dataset.rest) button.textContent = button.dataset.rest;
    });
  });

  // <div class="read-more" data-read-more>: folds a long text; short ones stay as they are.
  all("[data-read-more]", (box) => {
    const text = box.querySelector(".read-more-text"), button = box.querySelector("button");
    box.classList.add("folded");
    if (text.scrollHeight <= text.clientHeight + 48) { box.classList.remove("folded"); return; }
    button.hidden = false;
    button.addEventListener("click", () => {
      const folded = box.classList.toggle("folded");
      button.setAttribute("aria-expanded", String(!folded));
      button.textContent = folded ? "Read More" : "Read Less";
    });
  });

  // <time datetime>: the reader's locale and time zone, the UTC instant on hover. data-date leaves the hour out;
  // data-relative keeps its words. A date without an hour is the same day everywhere.
  all("time[datetime]", (time) => {
    const at = new Date(time.dateTime);
    if (isNaN(at)) return;
    const day = !time.dateTime.includes("T");
    if (!day) time.title = at.toISOString().replace(/\.\d+Z$/, "Z").replace("T", " ").replace("Z", " UTC");
    if ("relative" in time.dataset) return;
    const how = day ? { dateStyle: "medium", timeZone: "UTC" } : "date" in time.dataset ? { dateStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" };
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang || undefined, how).format(at);
  });

  // A drop-down menu closes on Escape and on a click beside it.
  const shut = (except) => all("details.menu[open]", (menu) => { if (!menu.contains(except)) menu.open = false; });
  addEventListener("click", (event) => shut(event.target));
  addEventListener("keydown", (event) => { if (event.key === "Escape") shut(null); });
})();
