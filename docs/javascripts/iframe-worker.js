// Search is half as heavy as a page: its worker and its index are loaded when the reader
// first turns to the search field. Opened from disk, where a browser starts no worker,
// the worker's script runs in a hidden frame. The theme's offline plugin asks for such a
// script by this file's name.
const asked = new Promise((resolve) => {
  addEventListener("focusin", ({ target }) => target.form?.name === "search" && resolve());
});

const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (body) {
  // The theme asks for its index as a blob; the preview asks for changes, and at once.
  if (this.responseType === "blob") asked.then(() => send.call(this, body));
  else send.call(this, body);
};

const NativeWorker = window.Worker;

async function frame(url) {
  const element = document.createElement("iframe");
  element.hidden = true;
  document.body.append(element);
  const inside = element.contentWindow;
  const worker = new EventTarget();
  inside.postMessage = (data) => worker.dispatchEvent(new MessageEvent("message", { data }));
  worker.postMessage = (data) => inside.dispatchEvent(new MessageEvent("message", { data }));
  const script = inside.document.createElement("script");
  script.src = new URL(url, location);
  await new Promise((resolve) => {
    script.onload = resolve;
    inside.document.body.append(script);
  });
  return worker;
}

window.Worker = class extends EventTarget {
  constructor(url) {
    super();
    const start = location.protocol === "file:" ? frame : async (u) => new NativeWorker(u);
    this.worker = asked.then(() => start(url));
    this.worker.then((worker) =>
      worker.addEventListener("message", ({ data }) =>
        this.dispatchEvent(new MessageEvent("message", { data })),
      ),
    );
  }

  postMessage(message) {
    // In a pasted error, these are no operators: a colon would name a field of the index.
    const data = typeof message.data === "string" ? message.data.replace(/[:~^*()[\]]/g, " ") : message.data;
    this.worker.then((worker) => worker.postMessage({ ...message, data }));
  }
};
