// The playground's pictures and controls. All that they show follows from `set`, which the
// address holds; `descent` does the arithmetic.

(() => {
  /**
   * @typedef {{lr: number, momentum: number, batch: number, zero_grad: number,
   *   flat: number, standardise: number, noise: number, n: number, seed: number, w: number,
   *   b: number,
   *   epoch: number, edits: string}} Set
   * @typedef {"points" | "valley" | "curve" | "errors"} Name
   * @typedef {{box: HTMLElement, canvas: HTMLCanvasElement, g: CanvasRenderingContext2D,
   *   width: number, height: number, x0: number, x1: number, y0: number, y1: number}} View
   */

  /** @type {HTMLElement | null} */
  const found = document.querySelector(".playground");
  if (!found) return;
  const root = found;

  /** @type {Set} */
  const BEGIN = {
    lr: 0.01, momentum: 0, batch: 0, zero_grad: 1, flat: 0, standardise: 0, noise: 1, n: 20,
    seed: 0,
    ...descent.START, epoch: 0, edits: "",
  };
  /** @type {Record<string, [number, number]>} */
  const RANGES = {
    lr: [1e-5, 1], momentum: [0, 0.99], batch: [0, 2000], zero_grad: [0, 1], flat: [0, 1],
    standardise: [0, 1],
    noise: [0, 3], n: [3, 2000], seed: [0, 2 ** 31 - 2], w: [-100, 100], b: [-100, 100],
    epoch: [0, 5000],
  };
  const WHOLE = ["batch", "zero_grad", "flat", "standardise", "n", "seed", "epoch"];
  const ENDS = { left: -4, right: 14 };
  const RINGS = [-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map((k) => 4 ** k);

  let set = { ...BEGIN };
  let addressed = "";
  /** @type {Points} */
  let points = { x: [], y: [] };
  /** Where each point comes from: its number among the drawn and added ones. @type {number[]} */
  let origins = [];
  /** The points as they are trained on: standardised, perhaps. */
  let used = points;
  let turn = { centre: 0, width: 1 };
  let fit = { w: 0, b: 0, loss: 0 };
  let curved = { small: 1, large: 1, angle: 0 };
  let limit = 0;
  let state = descent.begin(BEGIN);
  /** @type {(Line & {loss: number})[]} */
  let path = [];
  /** @type {Line[]} */
  let old = [];
  /** The epoch that is looked at; otherwise the last. @type {number | null} */
  let shown = null;
  let chosen = 0;
  let dragging = "";
  let moved = "";
  let zoomed = false;
  let playing = false;
  let waiting = false;
  let settling = 0;

  /**
   * @template {HTMLElement} T
   * @param {string} selector
   * @returns {T[]}
   */
  const all = (selector) => [.../** @type {NodeListOf<T>} */ (root.querySelectorAll(selector))];
  /** @param {string} selector */
  const one = (selector) => all(selector)[0];

  /**
   * @param {number} v
   * @param {number} low
   * @param {number} high
   */
  const between = (v, low, high) => Math.min(Math.max(v, low), high);
  /** @param {number} v */
  const short = (v) => String(Number(v.toPrecision(3)));
  /** @param {number} v */
  const long = (v) => v.toPrecision(4);
  /** @param {number} v */
  const signed = (v) => (v < 0 ? "" : "+") + v.toFixed(3);

  // The address.

  const encode = () =>
    Object.entries(set)
      .filter(([key, value]) => value !== BEGIN[/** @type {keyof Set} */ (key)])
      .map(([key, value]) => `${key}=${value}`)
      .join("&");

  /** @param {string} text */
  const decode = (text) => {
    const values = new URLSearchParams(text);
    /** @type {Record<string, number | string>} */
    const next = { ...BEGIN, edits: values.get("edits") ?? "" };
    for (const [key, [low, high]] of Object.entries(RANGES)) {
      const value = parseFloat(values.get(key) ?? "");
      if (Number.isFinite(value)) {
        next[key] = between(WHOLE.includes(key) ? Math.round(value) : value, low, high);
      }
    }
    return /** @type {Set} */ (/** @type {unknown} */ (next));
  };

  const load = () => {
    const name = location.hash.slice(1);
    const scene = all("a[data-state]").find(({ id }) => id === name);
    // The link of a heading, say, changes nothing.
    if (path.length && name && !scene && !name.includes("=")) return;
    set = decode(scene?.dataset.state ?? name);
    tell(".why", scene?.dataset.why ?? "");
    addressed = encode();
    old = [];
    playing = false;
    refresh();
  };

  // From the settings to a path.

  const settings = () => ({
    lr: set.lr, momentum: set.momentum, batch: set.batch, clear: !!set.zero_grad,
    flat: !!set.flat, standardise: !!set.standardise,
  });

  /** @returns {Map<number, [number, number] | null>} */
  const edits = () =>
    new Map(
      set.edits.split(",").filter(Boolean).map((edit) => {
        const [i, x, y] = edit.split(":").map(Number);
        return [i, Number.isFinite(x) && Number.isFinite(y) ? [x, y] : null];
      }),
    );

  /**
   * @param {number} origin
   * @param {[number, number] | null} place
   */
  const edit = (origin, place) => {
    const next = edits().set(origin, place);
    set.edits = [...next].map(([i, p]) => [i, ...(p ?? [])].join(":")).join(",");
  };

  const place = () => {
    const drawn = descent.draw(set.n, set.noise, set.seed);
    /** @type {[number, number, number][]} */
    const list = drawn.x.map((x, i) => [x, drawn.y[i], i]);
    for (const [i, at] of edits()) {
      if (at) list[i] = [...at, i];
      else delete list[i];
    }
    const left = list.filter((p) => p);
    points = { x: left.map((p) => p[0]), y: left.map((p) => p[1]) };
    origins = left.map((p) => p[2]);
    chosen = between(chosen, 0, left.length - 1);
  };

  const diverged = () => !(path[path.length - 1].loss < 1e6 * (path[0].loss + 1));

  /** @param {Line} line */
  const measured = (line) => descent.loss(used, line, !!set.flat);

  const advance = () => {
    state = descent.epoch(state, used, settings());
    path.push({ w: state.w, b: state.b, loss: measured(state) });
  };

  const refresh = () => {
    place();
    const { points: z, ...scale } = descent.standardise(points);
    turn = set.standardise ? scale : { centre: 0, width: 1 };
    used = set.standardise ? z : points;
    fit = descent.leastSquares(set.flat ? descent.flatten(used) : used);
    fit.loss = measured(fit);
    curved = descent.curvatures(descent.hessian(used.x));
    limit = descent.limit(used.x, set.momentum);
    state = descent.begin(set);
    path = [{ w: set.w, b: set.b, loss: measured(set) }];
    while (path.length <= set.epoch && !diverged()) advance();
    set.epoch = path.length - 1;
    shown = null;
    if (!dragging) frame();
    change();
  };

  // Lines in the units of x, and in those in which they are trained.

  /** @param {Line} line */
  const back = ({ w, b }) => ({ w: w / turn.width, b: b - (w / turn.width) * turn.centre });

  /** @param {Line} line */
  const begin = ({ w, b }) => {
    set.w = Number((w * turn.width).toFixed(4));
    set.b = Number((b + w * turn.centre).toFixed(4));
    set.epoch = 0;
    refresh();
  };

  const looked = () => shown ?? path.length - 1;
  const line = () => back(path[looked()]);

  // Pictures.

  /** @type {Record<string, View>} */
  const views = {};
  for (const box of all("[data-view]")) {
    const canvas = /** @type {HTMLCanvasElement} */ (box.querySelector("canvas"));
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    views[box.dataset.view ?? ""] = {
      box, canvas, g, width: 0, height: 0, x0: -6, x1: 16, y0: -6, y1: 11,
    };
  }

  /**
   * @param {View} view
   * @param {number} x
   */
  const px = ({ width, x0, x1 }, x) => ((x - x0) / (x1 - x0)) * width;
  /**
   * @param {View} view
   * @param {number} y
   */
  const py = ({ height, y0, y1 }, y) => ((y1 - y) / (y1 - y0)) * height;

  /** Choose what part of the valley and of the plane of points is seen. */
  const frame = () => {
    const y = [...points.y, -6, 11];
    const x = [...points.x, -6, 16];
    Object.assign(views.points, {
      x0: Math.min(...x), x1: Math.max(...x), y0: Math.min(...y), y1: Math.max(...y),
    });
    const far = 2 * Math.hypot(set.w - fit.w, set.b - fit.b) + 0.3;
    const near = [fit, ...path.filter(({ w, b }) => Math.hypot(w - fit.w, b - fit.b) < far)];
    const [w, b] = [near.map((p) => p.w), near.map((p) => p.b)];
    const view = views.valley;
    const ends = [Math.min(...w), Math.max(...w), Math.min(...b), Math.max(...b)];
    const size = [ends[1] - ends[0], ends[3] - ends[2]].map((v) => 0.75 * v + 0.05);
    if (!zoomed && view.height) {
      const unit = Math.max(size[0] / view.width, size[1] / view.height);
      size[0] = unit * view.width;
      size[1] = unit * view.height;
    }
    const [cw, cb] = [(ends[0] + ends[1]) / 2, (ends[2] + ends[3]) / 2];
    Object.assign(view, { x0: cw - size[0], x1: cw + size[0], y0: cb - size[1], y1: cb + size[1] });
  };

  /** @param {number} span */
  const tick = (span) => {
    const power = 10 ** Math.floor(Math.log10(span / 3));
    return power * ([5, 2, 1].find((k) => k * power <= span / 3) ?? 1);
  };

  /**
   * @param {View} view
   * @param {Record<string, string>} color
   * @param {string} x
   * @param {string} y
   */
  const axes = (view, color, x, y) => {
    const { g, width, height, x0, x1, y0, y1 } = view;
    g.strokeStyle = color.faint;
    g.fillStyle = color.ink;
    g.lineWidth = 0.5;
    g.font = "11px sans-serif";
    g.beginPath();
    g.textAlign = "center";
    const [across, upwards] = [tick(x1 - x0), tick(y1 - y0)];
    for (let k = Math.ceil(x0 / across); k * across < x1; k++) {
      const at = px(view, k * across);
      g.moveTo(at, 0);
      g.lineTo(at, height);
      if (at > 40 && at < width - 40) g.fillText(short(k * across), at, height - 4);
    }
    g.textAlign = "left";
    for (let k = Math.ceil(y0 / upwards); k * upwards < y1; k++) {
      const at = py(view, k * upwards);
      g.moveTo(0, at);
      g.lineTo(width, at);
      if (at > 24 && at < height - 20) g.fillText(short(k * upwards), 3, at - 2);
    }
    g.stroke();
    g.fillText(y, 4, 13);
    g.textAlign = "right";
    g.fillText(x, width - 4, height - 4);
    g.lineWidth = 1.5;
  };

  /**
   * @param {View} view
   * @param {Line} line
   */
  const straight = (view, { w, b }) => {
    view.g.beginPath();
    view.g.moveTo(0, py(view, w * view.x0 + b));
    view.g.lineTo(view.width, py(view, w * view.x1 + b));
    view.g.stroke();
  };

  /**
   * @param {View} view
   * @param {number[][]} places
   */
  const dots = (view, places, radius = 3) => {
    view.g.beginPath();
    for (const [x, y] of places) {
      view.g.moveTo(px(view, x) + radius, py(view, y));
      view.g.arc(px(view, x), py(view, y), radius, 0, 7);
    }
    view.g.fill();
  };

  /**
   * @param {View} view
   * @param {number[][]} places
   */
  const polyline = (view, places) => {
    view.g.beginPath();
    for (const [x, y] of places) view.g.lineTo(px(view, x), py(view, y));
    view.g.stroke();
  };

  /**
   * @param {View} view
   * @param {Record<string, string>} color
   */
  const drawPoints = (view, color) => {
    const { g } = view;
    const { w, b } = line();
    const unit = view.height / (view.y1 - view.y0);
    axes(view, color, "x", "y");
    g.lineWidth = 1;
    g.strokeStyle = color.ink;
    g.globalAlpha = 0.4;
    for (const each of old) straight(view, each);
    g.globalAlpha = 1;
    if (old.length) {
      g.strokeStyle = color.green;
      g.setLineDash([6, 4]);
      straight(view, descent.TRUE);
      g.setLineDash([]);
    }
    g.strokeStyle = g.fillStyle = color.orange;
    g.beginPath();
    // The loss of flat targets is another mean.
    if (!set.flat) points.x.forEach((x, i) => {
      const side = (w * x + b - points.y[i]) * unit;
      // On the side where the square lies beside the line, not across it.
      const across = w < 0 ? -side : side;
      g.rect(px(view, x), py(view, points.y[i]), across, -side);
    });
    g.globalAlpha = Math.max(0.05, Math.min(0.12, 4 / points.x.length));
    g.fill();
    g.globalAlpha = 1;
    const many = points.x.length > 200;
    // Thousands of outlines would cost frames, and show nothing.
    if (!many) g.stroke();
    g.fillStyle = color.blue;
    if (many) points.x.forEach((x, i) => g.fillRect(px(view, x) - 1, py(view, points.y[i]) - 1, 2, 2));
    else dots(view, points.x.map((x, i) => [x, points.y[i]]), 3.5);
    g.lineWidth = 2;
    g.strokeStyle = color.ink;
    straight(view, { w, b });
  };

  /**
   * @param {View} view
   * @param {Record<string, string>} color
   */
  const drawValley = (view, color) => {
    const { g } = view;
    axes(view, color, set.standardise ? "w of standardised x" : "w", "b");
    g.strokeStyle = color.blue;
    g.lineWidth = 1;
    const [sx, sy] = [view.width / (view.x1 - view.x0), view.height / (view.y1 - view.y0)];
    for (const excess of RINGS) {
      const { across, along } = descent.ring(curved, excess);
      if (!Number.isFinite(along)) continue;
      g.save();
      g.translate(px(view, fit.w), py(view, fit.b));
      g.scale(sx, -sy);
      g.rotate(curved.angle);
      g.beginPath();
      g.ellipse(0, 0, across, along, 0, 0, 2 * Math.PI);
      g.restore();
      g.stroke();
    }
    const places = path.slice(0, looked() + 1).map(({ w, b }) => [w, b]);
    g.strokeStyle = g.fillStyle = color.orange;
    g.lineWidth = 1.5;
    polyline(view, places);
    dots(view, places.slice(0, 300), 2);
    g.fillStyle = color.ink;
    g.beginPath();
    for (let k = 0; k < 10; k++) {
      const r = k % 2 ? 3 : 8;
      const a = (k * Math.PI) / 5;
      g.lineTo(px(view, fit.w) + r * Math.sin(a), py(view, fit.b) - r * Math.cos(a));
    }
    g.fill();
  };

  /**
   * @param {View} view
   * @param {Record<string, string>} color
   */
  const drawCurve = (view, color) => {
    const { g } = view;
    const { length } = path;
    const most = path.reduce((top, { loss }) => Math.max(top, loss), fit.loss);
    const last = length - 1;
    view.x1 = [20, 50, 100, 200, 500].find((k) => k >= last) ?? 1000 * Math.ceil(last / 1000);
    view.x0 = -0.04 * view.x1;
    view.y1 = 1.2 * Math.min(most, 3 * path[0].loss) + 1e-9;
    view.y0 = -0.12 * view.y1;
    axes(view, color, "epoch", "loss");
    g.strokeStyle = color.green;
    g.setLineDash([6, 4]);
    straight(view, { w: 0, b: fit.loss });
    g.setLineDash([]);
    g.strokeStyle = g.fillStyle = color.blue;
    // Far above the picture, a canvas loses the line.
    const places = path.map(({ loss }, k) => [k, between(loss, 0, 9 * view.y1)]);
    polyline(view, places);
    if (length < 60) dots(view, places, 2);
    g.fillStyle = color.orange;
    dots(view, [places[looked()]], 5);
  };

  /**
   * Each output minus each target: where targets are a column, those of the points alone.
   * @param {View} view
   * @param {Record<string, string>} color
   */
  const drawErrors = ({ g, width, height }, color) => {
    // More cells than that nobody can tell apart.
    const n = Math.min(points.x.length, 60);
    const { w, b } = line();
    const [dx, dy] = [width / n, height / n];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (i !== j && !set.flat) continue;
        const error = w * points.x[i] + b - points.y[j];
        g.globalAlpha = Math.min(1, 0.1 + Math.abs(error) / 6);
        g.fillStyle = i === j ? color.blue : color.orange;
        g.fillRect(j * dx, i * dy, dx - 1, dy - 1);
      }
    }
    g.globalAlpha = 1;
  };

  const draw = () => {
    waiting = false;
    const style = getComputedStyle(root);
    const names = ["ink", "faint", "blue", "orange", "green"];
    const color = Object.fromEntries(
      names.map((name) => [name, style.getPropertyValue(`--figure-${name}`)]),
    );
    const pictures = { points: drawPoints, valley: drawValley, curve: drawCurve, errors: drawErrors };
    for (const [name, view] of Object.entries(views)) {
      if (!view.width) continue;
      view.g.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      view.g.clearRect(0, 0, view.width, view.height);
      pictures[/** @type {Name} */ (name)](view, color);
    }
    write();
  };

  const change = () => {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
    delete root.dataset.rest;
    clearTimeout(settling);
    settling = window.setTimeout(settle, 400);
  };

  /**
   * What an input says, in the settings' own terms.
   * @param {HTMLInputElement} input
   */
  const said = ({ type, checked, value, name, dataset }) => {
    if (type === "checkbox") return Number(checked);
    const given = parseFloat(value);
    const number = "log" in dataset ? Number((10 ** given).toPrecision(3)) : given;
    return WHOLE.includes(name) ? Math.round(number) : number;
  };

  // Words.

  /**
   * @param {string} selector
   * @param {string} text
   */
  const tell = (selector, text) => {
    const element = one(selector);
    if (element.textContent !== text) element.textContent = text;
  };

  const remedy = () => {
    if (set.flat) {
      const n = points.x.length;
      return `Targets of shape (${n},): ${n * n} errors, not ${n}. Remedy: .reshape(-1, 1).`;
    }
    const last = path[path.length - 1].loss;
    const grows = last > 1.2 * path[0].loss;
    const batches = set.batch && set.batch < points.x.length;
    if (!set.zero_grad) {
      const what = "Without zero_grad() the gradients add up, and the loss does not settle.";
      return path.length > 2 ? `${what} Remedy: call it.` : "";
    }
    if (!batches && set.lr >= limit) {
      const what = grows ? "The loss grows without end" : "The loss will grow";
      const why = `the learning rate ${short(set.lr)} is not below the limit ${short(limit)}`;
      const other = set.standardise ? "" : ", or standardise x";
      return `${what}: ${why}. Remedy: choose a smaller one${other}.`;
    }
    return batches && grows ? "The loss grows. Remedy: choose a smaller learning rate." : "";
  };

  const write = () => {
    const { w, b } = line();
    const epoch = looked();
    tell("[data-show=epoch]", `epoch ${epoch}`);
    tell("[data-show=line]", `y = ${w.toFixed(3)} x ${signed(b)}`);
    const { loss } = path[epoch];
    tell("[data-show=loss]", `loss ${epoch ? `${long(path[0].loss)} → ` : ""}${long(loss)}`);
    tell(".told", remedy());
    tell("[data-do=play]", playing ? "Pause" : "Play");

    for (const input of /** @type {HTMLInputElement[]} */ (all("input"))) {
      const value = input.name === "shown" ? epoch : set[/** @type {keyof Set} */ (input.name)];
      if (input.name === "shown") input.max = String(path.length - 1);
      if (input.type === "checkbox") input.checked = !!value;
      else if (said(input) !== value && (input.type === "range" || input !== document.activeElement)) {
        // Several places of a slider may say the same: it stays where it is.
        input.value = String("log" in input.dataset ? Math.log10(Number(value)) : value);
      }
      if ("log" in input.dataset) input.setAttribute("aria-valuetext", String(value));
      const output = root.querySelector(`[data-for=${input.name}]`);
      if (output) output.textContent = String(value);
    }

    const [low, high] = [-4, 0];
    const part = between((Math.log10(limit) - low) / (high - low), 0, 1);
    // A thumb is 16 pixels wide, and stays inside.
    one(".limit").style.left = `calc(8px + (100% - 16px) * ${part})`;
    one(".limit").classList.toggle("late", part > 0.6);
    tell(".limit span", `limit ${short(limit)}`);

    const { points: plane, valley } = views;
    for (const [name, x] of Object.entries(ENDS)) {
      put(name, plane, x, w * x + b, `y ${short(w * x + b)}, loss ${long(loss)}`);
    }
    const [x, y] = [points.x[chosen], points.y[chosen]];
    put("point", plane, x, y, `${chosen + 1} of ${points.x.length}, x ${short(x)}, y ${short(y)}`);
    const at = path[epoch];
    put("dot", valley, at.w, at.b, `w ${short(at.w)}, b ${short(at.b)}, loss ${long(loss)}`);
    one("[data-do=remove]").toggleAttribute("disabled", points.x.length < 4);
  };

  /**
   * @param {string} name
   * @param {View} view
   * @param {number} x
   * @param {number} y
   * @param {string} text
   */
  const put = (name, view, x, y, text) => {
    const handle = one(`[data-handle=${name}]`);
    const left = between(px(view, x), 0, view.width) || 0;
    const top = between(py(view, y), 0, view.height) || 0;
    handle.style.transform = `translate(${left}px, ${top}px)`;
    const numbers = { valuemin: view.y0, valuemax: view.y1, valuenow: between(y, view.y0, view.y1) };
    for (const [key, v] of Object.entries(numbers)) handle.setAttribute(`aria-${key}`, v.toFixed(3));
    handle.setAttribute("aria-valuetext", text);
  };

  /** After a change has come to rest: the address, the program and the live region. */
  const settle = () => {
    const now = encode();
    if (!playing && now !== addressed) {
      history.replaceState(null, "", now ? `#${now}` : location.pathname + location.search);
      addressed = now;
    }
    /** @type {HTMLAnchorElement} */ (one(".whole a")).hash = now;
    if (!playing) {
      const text = descent.program(points, set, settings(), set.epoch);
      tell(".program code", text);
      tell(".status", `Epoch ${looked()}, loss ${long(path[looked()].loss)}. ${remedy()}`);
    }
    judge();
    moved = dragging;
    root.dataset.rest = "";
  };

  const judge = () => {
    const task = all("[data-task]").find((p) => !p.hidden);
    if (!task || !TASKS[task.dataset.task ?? ""]?.()) return;
    skip();
    tell(".why", task.dataset.why ?? "");
    tell(".status", `${task.dataset.why} ${one(".status").textContent}`);
  };

  const squares = () => {
    const { w, b } = line();
    return points.x.map((x, i) => (w * x + b - points.y[i]) ** 2);
  };

  /** @type {Record<string, () => boolean>} */
  const TASKS = {
    below: () => moved === "line" && path[0].loss < 1,
    dot: () => moved === "dot" && path[0].loss < 1.1 * fit.loss,
    first: () => encode() === "epoch=1",
    slow: () => set.epoch > 29,
    escape: () => path.length > 2 && path[path.length - 1].loss > 2 * path[0].loss,
    bowl: () => !!set.standardise,
    outlier: () => moved === "point" && 2 * Math.max(...squares()) > squares().reduce((a, b) => a + b),
    momentum: () => moved === "step" && set.momentum > 0 && path.length > 20,
    batches: () => moved === "step" && set.batch > 0 && path.length > 20,
  };

  const skip = () => {
    const tasks = all("[data-task]");
    const now = tasks.findIndex((p) => !p.hidden);
    const next = tasks[now + 1];
    if (!next) return;
    tasks[now].hidden = true;
    next.hidden = false;
    one("[data-do=skip]").hidden = next === tasks[tasks.length - 1];
    tell(".status", next.textContent ?? "");
  };

  // Deeds.

  let last = 0;
  /** @param {number} now */
  const play = (now) => {
    if (!playing) return;
    // The first steps tell most: they go slowly.
    if (now - last > (path.length < 10 ? 250 : 0)) {
      last = now;
      advance();
      set.epoch = path.length - 1;
      if (diverged() || set.epoch % 1000 === 0) playing = false;
      if (set.epoch % 50 === 0) judge();
      change();
    }
    requestAnimationFrame(play);
  };

  /** @type {Record<string, () => void>} */
  const DEEDS = {
    step: () => {
      moved = "step";
      playing = false;
      shown = null;
      if (!diverged()) advance();
      set.epoch = path.length - 1;
    },
    play: () => {
      moved = "step";
      playing = !playing && !diverged();
      shown = null;
      requestAnimationFrame(play);
    },
    reset: () => {
      playing = false;
      old = [];
      set.epoch = 0;
      refresh();
    },
    zoom: () => {
      zoomed = !zoomed;
      one("[data-do=zoom]").setAttribute("aria-pressed", String(zoomed));
      frame();
    },
    noise: () => {
      old = [...old, back(fit)].slice(-60);
      set.seed = descent.later(set.seed);
      set.edits = "";
      refresh();
    },
    start: () => {
      set.w = Number((2 * Math.random() - 1).toFixed(3));
      set.b = Number((2 * Math.random() - 1).toFixed(3));
      set.epoch = 0;
      refresh();
    },
    add: () => add(5, 9),
    remove: () => {
      if (points.x.length < 4) return;
      edit(origins[chosen], null);
      refresh();
    },
    skip,
  };

  /**
   * @param {number} x
   * @param {number} y
   */
  const add = (x, y) => {
    const origin = Math.max(set.n - 1, ...edits().keys()) + 1;
    edit(origin, [x, y]);
    chosen = points.x.length;
    refresh();
    one("[data-handle=point]").focus();
  };

  /**
   * What can be moved: from where, by which step of a key, and how it goes elsewhere.
   * @type {Record<string, {view: View, step: number, at: () => number[],
   *   go: (x: number, y: number) => void}>}
   */
  const HANDLES = {
    dot: {
      view: views.valley,
      step: 0.01,
      at: () => [path[looked()].w, path[looked()].b],
      go: (w, b) => begin(back({ w, b })),
    },
    point: {
      view: views.points,
      step: 0.1,
      at: () => [points.x[chosen], points.y[chosen]],
      go: (x, y) => {
        const { x0, x1, y0, y1 } = views.points;
        edit(origins[chosen], [
          Number(between(x, x0, x1).toFixed(2)), Number(between(y, y0, y1).toFixed(2)),
        ]);
        refresh();
      },
    },
  };
  for (const [name, x] of Object.entries(ENDS)) {
    HANDLES[name] = {
      view: views.points,
      step: 0.1,
      at: () => [x, line().w * x + line().b],
      go: (_, y) => {
        const other = ENDS.left + ENDS.right - x;
        const { w, b } = line();
        const slope = (y - (w * other + b)) / (x - other);
        begin({ w: slope, b: y - slope * x });
      },
    };
  }

  /**
   * @param {View} view
   * @param {PointerEvent | MouseEvent} event
   */
  const inside = (view, { clientX, clientY }) => {
    const { left, top } = view.canvas.getBoundingClientRect();
    return [
      view.x0 + ((clientX - left) / view.width) * (view.x1 - view.x0),
      view.y1 - ((clientY - top) / view.height) * (view.y1 - view.y0),
    ];
  };

  /**
   * The place nearest to a pointer, if it is near.
   * @param {View} view
   * @param {PointerEvent | MouseEvent} event
   * @param {number[][]} places
   */
  const nearest = (view, event, places) => {
    const [x, y] = inside(view, event);
    let [best, least] = [-1, 16];
    places.forEach((at, i) => {
      const far = Math.hypot(px(view, at[0]) - px(view, x), py(view, at[1]) - py(view, y));
      if (far < least) [best, least] = [i, far];
    });
    return best;
  };

  /**
   * @param {string} name
   * @param {HTMLElement} element
   * @param {PointerEvent} event
   */
  const drag = (name, element, event) => {
    const handle = HANDLES[name];
    dragging = moved = name in ENDS ? "line" : name;
    playing = false;
    element.setPointerCapture(event.pointerId);
    one(`[data-handle=${name}]`).focus({ preventScroll: true });
    event.preventDefault();
    /** @param {PointerEvent} move */
    const follow = (move) => {
      const [x, y] = inside(handle.view, move);
      handle.go(x, y);
    };
    const end = () => {
      element.removeEventListener("pointermove", follow);
      dragging = "";
      frame();
      change();
    };
    element.addEventListener("pointermove", follow);
    element.addEventListener("lostpointercapture", end, { once: true });
  };

  for (const element of all(".handle")) {
    const name = element.dataset.handle ?? "";
    element.addEventListener("pointerdown", (event) => drag(name, element, event));
    element.addEventListener("keydown", (event) => {
      const { view, step, at, go } = HANDLES[name];
      const by = step * (event.shiftKey ? 10 : 1);
      const [x, y] = at();
      const to = {
        ArrowLeft: [x - by, y], ArrowRight: [x + by, y], ArrowUp: [x, y + by],
        ArrowDown: [x, y - by],
      }[event.key];
      const turns = { PageUp: 1, PageDown: -1 }[event.key];
      if (to) {
        moved = name in ENDS ? "line" : name;
        playing = false;
        // Left and right do for an end of the line, which only goes up and down.
        if (name in ENDS) go(x, y + to[0] - x + to[1] - y);
        else go(to[0], to[1]);
      } else if (name === "point" && turns) {
        chosen = (chosen + turns + points.x.length) % points.x.length;
        change();
      } else if (name === "point" && event.key === "Delete") DEEDS.remove();
      else return;
      event.preventDefault();
    });
  }

  const plane = views.points;
  plane.canvas.addEventListener("pointerdown", (event) => {
    const near = nearest(plane, event, points.x.map((x, i) => [x, points.y[i]]));
    if (near < 0) return;
    chosen = near;
    drag("point", plane.canvas, event);
    change();
  });
  plane.box.addEventListener("dblclick", (event) => {
    if (event.target !== plane.canvas) return;
    const [x, y] = inside(plane, event);
    add(Number(x.toFixed(2)), Number(y.toFixed(2)));
  });

  /** @param {number | null} epoch */
  const look = (epoch) => {
    if (playing || dragging) return;
    shown = epoch === null || epoch >= path.length - 1 ? null : Math.max(epoch, 0);
    change();
  };
  views.curve.canvas.addEventListener("pointermove", (event) =>
    look(Math.round(inside(views.curve, event)[0])),
  );
  views.valley.canvas.addEventListener("pointermove", (event) => {
    const near = nearest(views.valley, event, path.map(({ w, b }) => [w, b]));
    look(near < 0 ? null : near);
  });
  for (const { canvas } of [views.curve, views.valley]) {
    canvas.addEventListener("pointerleave", () => look(null));
  }

  root.addEventListener("input", ({ target }) => {
    const input = /** @type {HTMLInputElement} */ (target);
    const { name } = input;
    const value = said(input);
    if (!Number.isFinite(value)) return;
    if (name === "shown") {
      playing = false;
      return look(value);
    }
    tell(".why", "");
    set = { ...set, [name]: between(value, ...RANGES[name]) };
    if (name === "n") set.edits = "";
    refresh();
  });

  root.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const button = target.closest("button");
    const scene = /** @type {HTMLElement | null} */ (target.closest("a[data-state]"));
    if (scene) {
      event.preventDefault();
      history.pushState(null, "", `#${scene.id}`);
      load();
    } else if (button?.dataset.do) {
      tell(".why", "");
      DEEDS[button.dataset.do]();
      change();
    } else if (button?.dataset.tab) {
      root.dataset.tab = button.dataset.tab;
      views[button.dataset.tab].box.scrollIntoView({ block: "nearest" });
      for (const tab of all("[data-tab]")) tab.setAttribute("aria-pressed", String(tab === button));
    }
  });

  addEventListener("popstate", load);

  const sizes = new ResizeObserver(() => {
    for (const view of Object.values(views)) {
      view.width = view.box.clientWidth;
      view.height = view.box.clientHeight;
      view.canvas.width = view.width * devicePixelRatio;
      view.canvas.height = view.height * devicePixelRatio;
    }
    frame();
    change();
  });
  for (const { box } of Object.values(views)) sizes.observe(box);
  new MutationObserver(change).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });

  // Within another page, what `?show=points,noise` names.
  const show = new URLSearchParams(location.search).get("show")?.split(",");
  if (show) {
    document.documentElement.classList.add("small");
    root.dataset.tab = show[0];
    for (const part of all(".view, .scenes, .now, .told, label, button[data-do]")) {
      const { view, do: deed } = part.dataset;
      const name = view ?? deed ?? part.querySelector("input")?.name ?? part.className;
      part.hidden = !show.includes(name) && name !== "told" && name !== "now";
      if (!part.hidden) part.closest("details")?.setAttribute("open", "");
    }
  }

  // Here, before the theme puts its copy buttons on.
  const code = '<div class="highlight"><pre tabindex="0"><code></code></pre></div>';
  one(".program").insertAdjacentHTML("beforeend", code);
  load();
})();
