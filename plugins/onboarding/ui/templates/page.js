// Airflow shows these pages in a sandboxed frame of its own origin. Such a frame cannot leave itself, so the
// surrounding page follows links to Airflow's pages, and its colour mode is taken over. Without it: plain links.
(function () {
  "use strict";
  var outer = null;
  try {
    if (window.parent !== window && window.parent.document.body) outer = window.parent.document;
  } catch (refused) {
    return;
  }
  if (!outer) return;
  function takeOverColours() {
    var dark = outer.documentElement.classList.contains("dark");
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }
  takeOverColours();
  new MutationObserver(takeOverColours).observe(outer.documentElement, { attributeFilter: ["class"] });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-airflow]");
    if (!link || event.button !== 0) return;
    event.preventDefault();
    var copy = outer.createElement("a");
    copy.href = link.href;
    if (event.ctrlKey || event.metaKey) copy.target = "_blank";
    outer.body.appendChild(copy);
    copy.click();
    copy.remove();
  });
})();
