"use strict";
(() => {
  const root = document.documentElement, $ = id => document.getElementById(id);
  $("theme").addEventListener("click", () => {
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  });

  const links = [...document.querySelectorAll("nav a")];
  const seen = new IntersectionObserver(entries => entries.filter(e => e.isIntersecting).forEach(entry => links.forEach(a =>
    a.hash === "#" + entry.target.id ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current"))), { rootMargin: "-20% 0px -70% 0px" });
  document.querySelectorAll("main section").forEach(section => seen.observe(section));

  if (!$("set-0")) return;
  const viewer = $("viewer-body"), compare = $("compare"), tiles = $("tiles");
  const state = { image: 0, left: 0, right: -1, zoom: 1, x: 0, y: 0, hidden: new Set() };
  const uri = text => "data:image/jpeg;base64," + text;
  const number = (value, digits) => value === undefined ? "" : value.toFixed(digits);
  let shown = JSON.parse($("set-0").textContent); // one at a time: together they may be hundreds of megabytes
  const set = () => shown;
  const picture = index => uri(index < 0 ? set().reference[state.image] : set().entries[index].images[state.image]);
  const nameOf = index => index < 0 ? "reference" : set().entries[index].label;

  function scores(entry) {
    const i = state.image, lpips = entry.lpips ? ` · LPIPS ${number(entry.lpips[i], 3)}` : "";
    return `${number(entry.psnr[i], 2)} dB · SSIM ${number(entry.ssim[i], 3)}${lpips}`;
  }

  function place() {
    const limit = 1 - state.zoom;
    state.x = Math.min(0, Math.max(limit, state.x));
    state.y = Math.min(0, Math.max(limit, state.y));
    viewer.style.setProperty("--zoom", state.zoom);
    viewer.style.setProperty("--px", state.x * 100 + "%");
    viewer.style.setProperty("--py", state.y * 100 + "%");
    viewer.classList.toggle("pixels", state.zoom >= 3);
    $("zoom").value = Math.log2(state.zoom);
    $("zoom-text").textContent = `${Math.round(state.zoom * 10) / 10} times`;
  }

  // Keeps the place (u, v), as parts of the frame, where it is.
  function zoomTo(zoom, u = .5, v = .5) {
    zoom = Math.min(16, Math.max(1, zoom));
    state.x = u - (u - state.x) * zoom / state.zoom;
    state.y = v - (v - state.y) * zoom / state.zoom;
    state.zoom = zoom;
    place();
  }

  function show() {
    const images = set().reference.length;
    state.image = Math.min(state.image, images - 1);
    $("image").max = images - 1;
    $("image").value = state.image;
    $("image-text").textContent = `${state.image + 1} of ${images}: ${set().names[state.image]}`;
    $("image").setAttribute("aria-valuetext", $("image-text").textContent);
    $("left-image").src = picture(state.left);
    $("right-image").src = picture(state.right);
    $("left-image").alt = `${nameOf(state.left)}, ${set().names[state.image]}`;
    $("right-image").alt = `${nameOf(state.right)}, ${set().names[state.image]}`;
    $("left-tag").textContent = nameOf(state.left);
    $("right-tag").textContent = nameOf(state.right);
    $("left").value = state.left;
    $("right").value = state.right;
    tiles.replaceChildren(...[-1, ...set().entries.keys()].filter(i => i < 0 || !state.hidden.has(nameOf(i))).map(tile));
  }

  function tile(index) {
    const figure = document.createElement("figure"), entry = set().entries[index];
    figure.className = "tile";
    figure.innerHTML = '<div class="frame"><img class="zoomed" draggable="false"></div><figcaption><b></b><button type="button"></button><span></span></figcaption>';
    const image = figure.querySelector("img"), button = figure.querySelector("button");
    image.src = picture(index);
    image.alt = `${nameOf(index)}, ${set().names[state.image]}`;
    figure.querySelector("b").textContent = nameOf(index);
    figure.querySelector("span").textContent = entry ? scores(entry) : "what it was made from";
    button.textContent = "compare";
    button.setAttribute("aria-label", `compare ${nameOf(index)}`);
    button.addEventListener("click", () => { state.left = index; show(); compare.focus({ preventScroll: true }); compare.scrollIntoView({ block: "nearest" }); }); // the button is another now
    if (index === state.left || index === state.right) figure.setAttribute("aria-current", "true");
    drags(figure.querySelector(".frame"));
    return figure;
  }

  function fill() {
    const options = [-1, ...set().entries.keys()].map(i => { const o = document.createElement("option"); o.value = i; o.textContent = nameOf(i); return o; });
    $("left").replaceChildren(...options.map(o => o.cloneNode(true)));
    $("right").replaceChildren(...options);
    const ours = set().entries.findIndex(e => e.ours);
    state.left = ours < 0 ? 0 : ours;
    state.right = -1;
    const chips = set().entries.map(entry => {
      const label = document.createElement("label"), box = document.createElement("input");
      label.className = "chip";
      box.type = "checkbox";
      box.checked = !state.hidden.has(entry.label);
      box.value = entry.label;
      box.addEventListener("change", () => { box.checked ? state.hidden.delete(entry.label) : state.hidden.add(entry.label); show(); });
      label.append(box, entry.label);
      return label;
    });
    $("losses").replaceChildren($("losses").querySelector("legend"), ...chips);
    show();
  }

  function drags(frame) {
    let from = null;
    frame.addEventListener("pointerdown", e => { if (state.zoom > 1) { from = [e.clientX, e.clientY, state.x, state.y]; frame.setPointerCapture(e.pointerId); e.preventDefault(); } });
    frame.addEventListener("pointermove", e => {
      if (!from) return;
      state.x = from[2] + (e.clientX - from[0]) / frame.clientWidth;
      state.y = from[3] + (e.clientY - from[1]) / frame.clientHeight;
      place();
    });
    frame.addEventListener("pointerup", () => from = null);
    frame.addEventListener("pointercancel", () => from = null);
    frame.addEventListener("wheel", e => {
      if (!e.ctrlKey && state.zoom === 1 && e.deltaY > 0) return;
      e.preventDefault();
      const box = frame.getBoundingClientRect();
      zoomTo(state.zoom * Math.pow(2, -e.deltaY / 300), (e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height);
    }, { passive: false });
  }

  const split = () => { compare.style.setProperty("--split", $("split").value + "%"); };
  const step = by => { state.image = Math.min(set().reference.length - 1, Math.max(0, state.image + by)); show(); };
  $("set").addEventListener("change", e => { shown = JSON.parse($("set-" + e.target.value).textContent); state.image = 0; fill(); });
  $("image").addEventListener("input", e => { state.image = +e.target.value; show(); });
  $("previous").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  $("left").addEventListener("change", e => { state.left = +e.target.value; show(); });
  $("right").addEventListener("change", e => { state.right = +e.target.value; show(); });
  $("split").addEventListener("input", split);
  $("zoom").addEventListener("input", e => zoomTo(Math.pow(2, +e.target.value)));
  compare.addEventListener("keydown", e => {
    const move = (x, y) => { state.x += x; state.y += y; place(); };
    const keys = {
      ArrowLeft: () => move(.08, 0), ArrowRight: () => move(-.08, 0), ArrowUp: () => move(0, .08), ArrowDown: () => move(0, -.08),
      "+": () => zoomTo(state.zoom * 1.5), "=": () => zoomTo(state.zoom * 1.5), "-": () => zoomTo(state.zoom / 1.5), "0": () => zoomTo(1),
      n: () => step(1), p: () => step(-1),
      "[": () => { $("split").value = +$("split").value - 5; split(); }, "]": () => { $("split").value = +$("split").value + 5; split(); },
    };
    if (keys[e.key] && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); keys[e.key](); }
  });
  drags(compare);
  split();
  fill();
  place();
})();
