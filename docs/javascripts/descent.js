// Gradient descent on the mean squared error of a line, as torch.optim.SGD does it, in
// float64. tests/site/test_descent.py holds every function against PyTorch and linreg.

/**
 * @typedef {{x: number[], y: number[]}} Points
 * @typedef {{w: number, b: number}} Line
 * @typedef {Line & {gw: number, gb: number, vw: number, vb: number, seed: number}} State
 *   A line with its gradients, its momentum's buffers and the seed of the next shuffle.
 * @typedef {{lr: number, momentum: number, batch: number, clear: boolean,
 *   flat: boolean, standardise: boolean}} Settings
 *   A batch of 0 holds all rows; `clear` is zero_grad(); `flat` targets have the shape (n,).
 * @typedef {{ww: number, wb: number, bb: number}} Table
 * @typedef {{small: number, large: number, angle: number}} Curvatures
 *   The eigenvalues, and the direction of the larger one.
 */

const descent = (() => {
  const MODULUS = 2 ** 31 - 1;
  const FIRST = 12345678;
  const TRUE = { w: 0.5, b: -1 };
  const START = { w: 0.22939014434814453, b: -0.23797428607940674 };
  // make_data() and make_model() of linreg.
  const X = [
    4.7152208967573515, -0.005282818698448821, 9.407623328222014, 7.692280125237209,
    13.65143484017317, -4.209496908984929, 11.70180646027815, 4.931940961164669,
    3.7630256724393725, 4.6917100796160085, -2.2998480512999775, -3.528378842712643,
    9.71127870420166, 8.403736402028695, 2.9786952461506155, 5.493569314047765,
    2.908639130639539, 3.1289450702309445, -0.6390648851680547, 11.656181269002282,
  ];
  const Y = [
    1.7029238537073097, -2.054451402654186, 3.3807446811465556, 2.8153965069452345,
    4.407566022810119, -3.545763927651641, 6.141056387682707, 2.8025487984549105,
    1.3386543200093788, 1.822950365791193, -2.41952462827961, -2.75111041143709,
    4.6258949012488015, 1.6544663722472084, 0.034479962117888785, 1.3801721682935064,
    1.2351019996816683, -0.5017811085865285, 0.5454316278046576, 4.090831394112912,
  ];

  /** @param {number[]} a */
  const mean = (a) => a.reduce((sum, v) => sum + v, 0) / a.length;

  /** @param {number} seed */
  const next = (seed) => (48271 * seed) % MODULUS;

  /**
   * @param {number} seed
   * @param {number} n
   * @returns {number[]}
   */
  const normals = (seed, n) => {
    const values = [];
    for (let s = seed; values.length < n; ) {
      const u = (s = next(s)) / MODULUS;
      const v = (s = next(s)) / MODULUS;
      values.push(Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v));
    }
    return values;
  };

  /**
   * The seed of other noise, beyond all that the one given draws for 2,000 points.
   * @param {number} seed
   */
  const later = (seed) => {
    let s = seed || FIRST;
    for (let k = 0; k < 4001; k++) s = next(s);
    return s;
  };

  /**
   * Points around the true line; with the seed 0, those of make_data() come first.
   * @param {number} n
   * @param {number} sigma
   * @param {number} seed
   * @returns {Points}
   */
  const draw = (n, sigma, seed) => {
    const x = X.slice(0, n);
    for (let s = FIRST; x.length < n; ) x.push(20 * ((s = next(s)) / MODULUS) - 5);
    const noise = normals(seed || FIRST, n);
    const y = x.map((v, i) => {
      const line = TRUE.w * v + TRUE.b;
      if (seed || i >= Y.length) return line + sigma * noise[i];
      return Y[i] + (sigma - 1) * (Y[i] - line);
    });
    return { x, y };
  };

  /**
   * Where each output meets every target, the gradient is that of their mean.
   * @param {Points} points
   * @param {number[]} [rows]
   * @returns {Points}
   */
  const flatten = ({ x, y }, rows) => {
    const target = mean(rows ? rows.map((i) => y[i]) : y);
    return { x, y: y.map(() => target) };
  };

  /**
   * @param {Points} points
   * @param {Line} line
   * @param {boolean} [flat]
   * @returns {number}
   */
  const loss = (points, { w, b }, flat) => {
    const { x, y } = points;
    if (flat) return loss(flatten(points), { w, b }) + loss(points, { w: 0, b: mean(y) });
    return x.reduce((sum, v, i) => sum + (w * v + b - y[i]) ** 2, 0) / x.length;
  };

  /**
   * @param {Points} points
   * @param {Line} line
   * @param {number[]} [rows]
   */
  const gradient = ({ x, y }, { w, b }, rows) => {
    const n = rows ? rows.length : x.length;
    let gw = 0;
    let gb = 0;
    for (let k = 0; k < n; k++) {
      const i = rows ? rows[k] : k;
      const error = w * x[i] + b - y[i];
      gw += 2 * error * x[i];
      gb += 2 * error;
    }
    return { gw: gw / n, gb: gb / n };
  };

  /**
   * @param {number[]} x
   * @returns {Table}
   */
  const hessian = (x) => ({ ww: 2 * mean(x.map((v) => v * v)), wb: 2 * mean(x), bb: 2 });

  /**
   * @param {Table} table
   * @returns {Curvatures}
   */
  const curvatures = ({ ww, wb, bb }) => {
    const large = (ww + bb) / 2 + Math.hypot((ww - bb) / 2, wb);
    // By the determinant: a difference would cancel.
    const small = (ww * bb - wb * wb) / large;
    return { small, large, angle: Math.atan2(2 * wb, ww - bb) / 2 };
  };

  /**
   * From this learning rate on, steps with all rows no longer converge.
   * @param {number[]} x
   * @param {number} [momentum]
   */
  const limit = (x, momentum = 0) => (2 * (1 + momentum)) / curvatures(hessian(x)).large;

  /**
   * @param {Points} points
   * @returns {Line & {loss: number}}
   */
  const leastSquares = ({ x, y }) => {
    const mx = mean(x);
    const my = mean(y);
    const dx = x.map((v) => v - mx);
    const w = mean(dx.map((d, i) => d * (y[i] - my))) / mean(dx.map((d) => d * d));
    return { w, b: my - w * mx, loss: mean(dx.map((d, i) => (y[i] - my - w * d) ** 2)) };
  };

  /**
   * Half the axes of the ellipse where the loss is this much above the smallest.
   * @param {Curvatures} curvatures
   * @param {number} excess
   */
  const ring = ({ small, large }, excess) => ({
    across: Math.sqrt((2 * excess) / large),
    along: Math.sqrt((2 * excess) / small),
  });

  /** @param {Points} points */
  const standardise = ({ x, y }) => {
    const centre = mean(x);
    const width = Math.sqrt(mean(x.map((v) => (v - centre) ** 2)));
    return { points: { x: x.map((v) => (v - centre) / width), y }, centre, width };
  };

  /**
   * @param {Line} line
   * @returns {State}
   */
  const begin = ({ w, b }) => ({ w, b, gw: 0, gb: 0, vw: 0, vb: 0, seed: FIRST });

  /**
   * @param {State} state
   * @param {Points} points
   * @param {Settings} settings
   * @param {number[]} [rows]
   * @returns {State}
   */
  const step = (state, points, { lr, momentum, clear, flat }, rows) => {
    const g = gradient(flat ? flatten(points, rows) : points, state, rows);
    const gw = clear ? g.gw : state.gw + g.gw;
    const gb = clear ? g.gb : state.gb + g.gb;
    const vw = momentum * state.vw + gw;
    const vb = momentum * state.vb + gb;
    return { w: state.w - lr * vw, b: state.b - lr * vb, gw, gb, vw, vb, seed: state.seed };
  };

  /**
   * Every row once, in batches.
   * @param {State} state
   * @param {Points} points
   * @param {Settings} settings
   * @returns {State}
   */
  const epoch = (state, points, settings) => {
    const { batch } = settings;
    const n = points.x.length;
    if (!batch || batch >= n) return step(state, points, settings);
    let { seed } = state;
    const keys = points.x.map(() => (seed = next(seed)));
    const order = keys.map((_, i) => i).sort((i, j) => keys[i] - keys[j]);
    let after = { ...state, seed };
    for (let k = 0; k < n; k += batch) {
      after = step(after, points, settings, order.slice(k, k + batch));
    }
    return after;
  };

  /**
   * @param {string} name
   * @param {number[]} values
   * @param {boolean} flat
   */
  const tensor = (name, values, flat) => {
    let text = `${name} = torch.tensor([\n`;
    for (let k = 0; k < values.length; k += 4) {
      text += `    ${values.slice(k, k + 4).join(", ")},\n`;
    }
    return `${text}], dtype=torch.float64)${flat ? "" : ".reshape(-1, 1)"}\n`;
  };

  /**
   * The PyTorch program that comes to the same line.
   * @param {Points} points
   * @param {Line} start
   * @param {Settings} settings
   * @param {number} epochs
   */
  const program = ({ x, y }, start, settings, epochs) => {
    const { lr, momentum, batch, clear, flat, standardise } = settings;
    const input = standardise ? "z" : "x";
    const batches = batch > 0 && batch < x.length;
    const indent = batches ? "        " : "    ";
    const rows = batches ? "[rows]" : "";
    return `import torch

${tensor("x", x, false)}${tensor("y", y, flat)}${
      standardise ? "mean, width = x.mean(), x.std(correction=0)\nz = (x - mean) / width\n" : ""
    }
model = torch.nn.Linear(1, 1).double()
with torch.no_grad():
    model.weight.fill_(${start.w})
    model.bias.fill_(${start.b})

loss_fn = torch.nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=${lr}${momentum ? `, momentum=${momentum}` : ""})
first = loss_fn(model(${input}), y).item()
${batches ? `seed = ${FIRST}\n` : ""}
for epoch in range(${epochs}):
${
  batches
    ? `    keys = []
    for row in range(len(x)):
        seed = 48271 * seed % ${MODULUS}
        keys.append(seed)
    for rows in torch.tensor(keys).argsort().split(${batch}):
`
    : ""
}${clear ? `${indent}optimizer.zero_grad()\n` : ""}${indent}loss_fn(model(${input}${rows}), y${rows}).backward()
${indent}optimizer.step()

w, b = model.weight.item(), model.bias.item()
${standardise ? "w = w / width.item()\nb = b - w * mean.item()\n" : ""}last = loss_fn(model(${input}), y).item()
print(f"epoch ${epochs}: y = {w:.3f} x {b:+.3f}, loss {first:#.4g} -> {last:#.4g}")
`;
  };

  return {
    TRUE, START, draw, later, normals, loss, flatten, gradient, hessian, curvatures, limit, leastSquares,
    ring, standardise, begin, step, epoch, program,
  };
})();
