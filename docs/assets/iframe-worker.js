/* A page that is opened from the disk may start no worker, and the theme's search is one. There a hidden frame does the
   worker's work. The theme would fetch such a script from a CDN; it is the one polyfill that mkdocs.yml names. */
(function () {
  if (location.protocol !== "file:") return;

  class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      const inside = frame.contentWindow;
      addEventListener("message", (event) => {
        if (event.source === inside) this.dispatchEvent(new MessageEvent("message", { data: event.data }));
      });
      const scope = inside.document;
      scope.open();
      scope.write(
        "<script>" +
          "postMessage = function (data) { parent.postMessage(data, '*'); };" +
          "importScripts = function () {" +
          "  return Array.from(arguments).reduce(function (before, url) {" +
          "    return before.then(function () {" +
          "      return new Promise(function (done) {" +
          "        var script = document.createElement('script');" +
          "        script.src = url; script.onload = done; document.head.appendChild(script);" +
          "      });" +
          "    });" +
          "  }, Promise.resolve());" +
          "};" +
          "<\/script><script src=\"" + url + "\"><\/script>"
      );
      scope.close();
      this.inside = inside;
      this.ready = new Promise((done) => frame.addEventListener("load", done, { once: true }));
    }

    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {}
  }

  // The theme's worker looks by this name where it runs.
  window.IFrameWorker = FrameWorker;
  window.Worker = FrameWorker;
})();
