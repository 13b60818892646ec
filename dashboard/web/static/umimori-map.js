// The live layers of the map: GeoJSON from the API, changes by server-sent events.
"use strict";
(() => {
  const config = JSON.parse(document.getElementById("umimori-config").textContent);
  const label = (key) => config.labels[key] ?? key;
  const map = window[config.map];
  const layers = Object.fromEntries(
    Object.entries(config.layers).map(([name, variable]) => [name, window[variable]]));
  const COLOURS = { dark: "#dc2626", matched: "#2563eb", unknown: "#64748b", not_vessel: "#64748b",
    absent: "#9333ea", none: "#64748b" };
  const COAST_MAX_SPAN_DEG = 40;
  const RELOAD_DELAY_MS = 400;
  const HIGH_RISK = 60, MEDIUM_RISK = 30;
  const anomalyLayers = new Map();

  const number = (value, digits = 0, unit = "") =>
    value === null || value === undefined ? null
      : value.toLocaleString(config.language, { maximumFractionDigits: digits }) + (unit && ` ${unit}`);
  const when = (text) => !text ? null
    : `${new Date(text).toLocaleString("sv-SE", { timeZone: "Asia/Tokyo" })} JST`; // sv-SE writes ISO 8601
  const knots = (mps) => (mps === null || mps === undefined ? null : number(mps / 0.514444, 1, "kn"));
  const minutes = (seconds) => number(seconds / 60, 0, "min");
  const yesNo = (value) => label(value ? "yes" : "no");

  const ofScene = (path) => (config.scene ? `${path}?scene_id=${encodeURIComponent(config.scene)}` : path);

  async function fetchJson(path, options) {
    const answer = await fetch(path, { credentials: "same-origin", ...options });
    if (answer.status === 401) { location.assign("/login"); throw new Error("401"); }
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error ?? answer.statusText);
    return body;
  }

  function withMark(properties, rows) {
    return properties.simulated ? [...rows, ["", label("simulated").toUpperCase()]] : rows;
  }

  function show(name, collection, options) {
    const layer = L.geoJSON(collection.features.filter((f) => f.geometry), options);
    layers[name].clearLayers();
    layers[name].addLayer(layer);
    return layer;
  }

  const describe = {
    detections: (p) => ({
      title: `${label("detection")} · ${label("state." + (p.state ?? "none"))}`,
      rows: withMark(p, [
        [label("row.time"), when(p.time_utc)],
        [label("row.length"), p.length_m === null ? label("unknown")
          : `${number(p.length_m)} ± ${number(p.length_error_m)} m`],
        [label("row.heading"), p.heading_deg === null ? label("unknown")
          : `${number(p.heading_deg)}°${p.heading_ambiguous ? " (±180°)" : ""}`],
        [label("row.score"), number(p.score, 2)],
        [label("row.flags"), p.flags.join(", ")],
        [label("row.shore"), number(p.distance_to_shore_m, 0, "m")],
      ]),
      chip: p.chip_sha256 ? `/api/v1/detections/${p.id}/chip` : null,
    }),
    tracks: (p) => ({
      title: p.name ?? label("track"),
      rows: withMark(p, [
        [label("row.mmsi"), p.mmsi], [label("row.length"), number(p.length_m, 0, "m")],
        [label("row.points"), p.points], [label("row.time"), when(p.last_utc)],
        [label("row.speed"), knots(p.last_sog_mps)],
        [label("row.course"), number(p.last_cog_deg, 0, "°")],
      ]),
    }),
    matches: (p) => ({
      title: `${label("match")} · ${label("state." + p.state)}`,
      rows: withMark(p, [
        [label("row.name"), p.vessel_name], [label("row.mmsi"), p.mmsi],
        [label("row.distance"), number(p.distance_m, 0, "m")],
        [label("row.shift"), number(p.azimuth_shift_m, 0, "m")],
        [label("row.p_match"), number(p.p_match, 3)], [label("row.p_dark"), number(p.p_dark, 3)],
        [label("row.p_absent"), number(p.p_absent, 3)],
      ]),
    }),
    anomalies: (p) => ({
      title: `${label("anomaly." + p.kind)} · ${label("row.risk")} ${number(p.risk)}`,
      rows: withMark(p, [
        [label("row.time"), when(p.time_utc)], [label("row.mmsi"), p.mmsis.join(", ")],
        ...p.reasons.map((r) => [`+${number(r.points)}`, reasonText(r)]),
        [label("row.verdict"), p.verdict ? label("verdict." + p.verdict) : null],
      ]),
    }),
    missions: (p) => ({
      title: p.name,
      rows: withMark(p, [
        [label("row.kind"), label("mission." + p.kind)],
        [label("row.vehicle"), `${label("vehicle." + p.vehicle_kind)} (${p.vehicle})`],
        [label("row.distance"), number(p.length_m / 1000, 1, "km")],
        [label("row.duration"), minutes(p.duration_s)], [label("row.items"), p.items],
        [label("row.checks"), p.errors],
      ]),
    }),
    findings: (p) => ({
      title: label(p.seen ? "finding.seen" : "finding.not_seen"),
      rows: withMark(p, [[label("row.time"), when(p.time_utc)], ["", p.text]]),
    }),
    vehicles: (p) => ({
      title: `${label("vehicle." + p.kind)} · ${label(p.live ? "live" : "ended")}`,
      rows: withMark(p, [
        [label("row.engine"), label("engine." + p.engine)], [label("row.state"), label("flight." + p.state)],
        [label("row.mode"), p.mode], [label("row.armed"), yesNo(p.armed)],
        p.alt_rel_m < 0 ? [label("row.depth"), number(-p.alt_rel_m, 1, "m")]
          : [label("row.altitude"), number(p.alt_rel_m, 0, "m")],
        [label("row.speed"), number(p.ground_speed_mps, 1, "m/s")],
        [label("row.battery"), number(p.battery_pct, 0, "%")],
        [label("row.age"), number(p.age_s, 0, "s")],
      ]),
    }),
  };

  function reasonText(reason) {
    const sentence = config.labels["reason." + reason.code];
    if (!sentence) return reason.code;
    return sentence.replace(/\{(\w+)\}/g, (_, name) => {
      const value = reason.values[name];
      if (typeof value !== "number") return value ?? "–";
      return name === "mmsi" ? String(value) : number(value, 2);
    });
  }

  const bind = (name) => (f, layer) => layer.bindPopup(() => umimori.popup(describe[name](f.properties)));
  const circle = (className, colour, radius, extra) => (f, latlng) =>
    L.circleMarker(latlng, { radius, weight: 2, color: colour(f), fillOpacity: 0.75,
      className: `mk-${className}`, ...extra?.(f) });

  const loaders = {
    async coast() {
      const bounds = map.getBounds().pad(0.1);
      if (bounds.getEast() - bounds.getWest() > COAST_MAX_SPAN_DEG
          || bounds.getNorth() - bounds.getSouth() > COAST_MAX_SPAN_DEG) return;
      const wrap = (lon) => ((lon + 540) % 360) - 180;
      const box = [wrap(bounds.getWest()), Math.max(-90, bounds.getSouth()), wrap(bounds.getEast()),
        Math.min(90, bounds.getNorth())];
      const land = await fetchJson(`/api/v1/coast?bbox=${box.map((v) => v.toFixed(4)).join(",")}`);
      show("coast", land, { interactive: false, style: { color: "#3f5d4a", weight: 1,
        fillColor: "#7f9f86", fillOpacity: 0.35, className: "mk-coast" },
        attribution: undefined });
      map.attributionControl.addAttribution(land.credit);
      layers.coast.eachLayer((layer) => layer.bringToBack());
    },
    async tracks() {
      const data = await fetchJson("/api/v1/tracks");
      show("tracks", data, { onEachFeature: bind("tracks"),
        style: { color: "#0891b2", weight: 1.5, opacity: 0.7, className: "mk-track" },
        pointToLayer: circle("track", () => "#0891b2", 3) });
    },
    async matches() {
      const data = await fetchJson(ofScene("/api/v1/matches"));
      const shown = { ...data, features: data.features.filter(
        (f) => ["matched", "absent"].includes(f.properties.state)) };
      show("matches", shown, { onEachFeature: bind("matches"),
        style: (f) => ({ color: COLOURS[f.properties.state], weight: 2, dashArray: "4 3" }),
        pointToLayer: circle("absent", (f) => COLOURS[f.properties.state], 6,
          () => ({ dashArray: "3 3", fillOpacity: 0.1 })) });
    },
    async detections() {
      const data = await fetchJson(ofScene("/api/v1/detections"));
      const state = (f) => f.properties.state ?? "none";
      show("detections", data, { onEachFeature: bind("detections"),
        pointToLayer: circle("detection", (f) => COLOURS[state(f)], 6,
          (f) => ({ fillOpacity: state(f) === "not_vessel" ? 0.05 : 0.75 })) });
    },
    async anomalies() {
      const data = await fetchJson(ofScene("/api/v1/anomalies"));
      anomalyLayers.clear();
      show("anomalies", data, {
        onEachFeature: (f, layer) => { bind("anomalies")(f, layer); anomalyLayers.set(f.id, layer); },
        pointToLayer: circle("anomaly", () => "#f59e0b", 13, () => ({ fillOpacity: 0.05, weight: 3 })) });
      listAnomalies(data.features);
    },
    async missions() {
      const [paths, fences] = await Promise.all(
        [fetchJson("/api/v1/missions"), fetchJson("/api/v1/missions/fences")]);
      show("missions", paths, { onEachFeature: bind("missions"), style: (f) => ({
        color: f.properties.vehicle_kind === "sub" ? "#0e7490" : "#15803d", weight: 3,
        className: "mk-mission" }) });
      layers.missions.addLayer(L.geoJSON(fences.features, { interactive: false,
        style: { color: "#b45309", weight: 1, dashArray: "6 4", fill: false } }));
    },
    async coverage() {
      const flights = await fetchJson("/api/v1/flights?limit=20");
      layers.coverage.clearLayers();
      for (const flight of flights) {
        const [flown, seen] = await Promise.all(["telemetry?step=4", "coverage"].map(
          (what) => fetchJson(`/api/v1/flights/${flight.id}/${what}`)));
        const plain = (data, style) => L.geoJSON(data.features.filter((f) => f.geometry),
          { interactive: false, style });
        layers.coverage.addLayer(plain(seen, { stroke: false, fillColor: "#facc15",
          fillOpacity: 0.25, className: "mk-coverage" }));
        layers.coverage.addLayer(plain(flown, { color: "#111827", weight: 1.5, className: "mk-flown" }));
      }
    },
    async findings() {
      const data = await fetchJson("/api/v1/findings");
      show("findings", data, { onEachFeature: bind("findings"), pointToLayer: circle("finding",
        (f) => (f.properties.seen ? "#15803d" : "#6b7280"), 7) });
    },
    async vehicles() { showVehicles(await fetchJson("/api/v1/vehicles")); },
  };

  function vehicleIcon(properties) {
    const shape = properties.kind === "sub" ? "M13 2l5 8v10l-5 4-5-4V10z" : "M13 1l3 9 9 5v3l-9-2-1 6 3 2v1l-5-1-5 1v-1l3-2-1-6-9 2v-3l9-5z";
    const icon = L.divIcon({ className: "vehicle-icon mk-vehicle", iconSize: [26, 26],
      html: `<svg viewBox="0 0 26 26"><path d="${shape}" fill="#111827" stroke="#fff" stroke-width="1"/></svg>` });
    return icon;
  }

  function showVehicles(data) {
    show("vehicles", data, { onEachFeature: bind("vehicles"),
      pointToLayer: (f, latlng) => {
        const marker = L.marker(latlng, { icon: vehicleIcon(f.properties) });
        marker.on("add", () => {
          const svg = marker.getElement()?.querySelector("svg");
          if (svg) svg.style.transform = `rotate(${f.properties.heading_deg ?? 0}deg)`;
        });
        return marker;
      } });
    const list = document.getElementById("vehicle-list");
    list.replaceChildren(...data.features.map((f) => {
      const item = document.createElement("li");
      const p = f.properties;
      item.textContent = `${label("vehicle." + p.kind)} · ${p.mode} · ${label(p.live ? "live" : "ended")}`
        + (p.simulated ? ` · ${label("simulated")}` : "");
      if (p.live && ["officer", "tester", "admin"].includes(config.role)) item.append(commandButtons(p));
      return item;
    }));
    if (!data.features.length) list.replaceChildren(hint(label("nothing")));
  }

  function commandButtons(p) {
    const row = document.createElement("div");
    for (const command of ["pause", "resume", "return", "abort"]) {
      const button = document.createElement("button");
      button.className = "small";
      button.textContent = label("command." + command);
      button.addEventListener("click", () => send(p.flight_id, command));
      row.append(button, " ");
    }
    return row;
  }

  async function send(flightId, command) {
    if (!confirm(`${label("command." + command)}?`)) return;
    try {
      await post(`/api/v1/flights/${flightId}/commands`, { command });
      complain("");
    } catch (error) { complain(`${label("failed")}: ${error.message}`); }
  }

  const post = (path, body) => fetchJson(path, { method: "POST",
    headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

  function hint(text) {
    const item = document.createElement("li");
    item.className = "hint";
    item.textContent = text;
    return item;
  }

  function listAnomalies(features) {
    document.getElementById("anomaly-count").textContent = features.length;
    const list = document.getElementById("anomaly-list");
    list.replaceChildren(...features.map(anomalyItem));
    if (!features.length) list.replaceChildren(hint(label("nothing")));
  }

  function anomalyItem(f) {
    const p = f.properties;
    const item = document.createElement("li");
    item.className = p.risk >= HIGH_RISK ? "high" : p.risk >= MEDIUM_RISK ? "medium" : "low";
    if (p.verdict === "dismissed") item.classList.add("dismissed");
    const title = document.createElement("button");
    title.className = "title";
    const kind = document.createElement("span");
    kind.textContent = label("anomaly." + p.kind);
    const risk = document.createElement("span");
    risk.textContent = number(p.risk);
    title.title = label("zoom");
    title.append(kind, risk);
    title.addEventListener("click", () => focusAnomaly(f));
    const reasons = document.createElement("ul");
    reasons.append(...p.reasons.map((r) => {
      const line = document.createElement("li");
      line.textContent = `${reasonText(r)} (+${number(r.points)})`;
      return line;
    }));
    item.append(title, reasons, verdictButtons(f));
    return item;
  }

  function verdictButtons(f) {
    const row = document.createElement("div");
    if (f.properties.verdict) {
      const state = document.createElement("span");
      state.className = "hint";
      state.textContent = label("verdict." + f.properties.verdict) + " ";
      row.append(state);
    }
    if (!["analyst", "officer", "admin"].includes(config.role)) return row;
    for (const [verdict, word] of [["confirmed", "confirm"], ["dismissed", "dismiss"], ["watch", "watch"]]) {
      const button = document.createElement("button");
      button.className = "small";
      button.textContent = label(word);
      button.addEventListener("click", () => review(f.id, verdict));
      row.append(button, " ");
    }
    return row;
  }

  async function review(id, verdict) {
    try {
      await post(`/api/v1/anomalies/${id}/reviews`, { verdict });
      await loaders.anomalies();
    } catch (error) { complain(`${label("failed")}: ${error.message}`); }
  }

  function focusAnomaly(f) {
    const [lon, lat] = f.geometry.coordinates;
    map.setView([lat, lon], Math.max(map.getZoom(), 13));
    anomalyLayers.get(f.id)?.openPopup();
  }

  function complain(text) {
    const line = document.getElementById("connection");
    line.textContent = text;
    line.hidden = !text;
  }

  const pending = new Map();
  function reload(name) {
    clearTimeout(pending.get(name));
    pending.set(name, setTimeout(() => loaders[name]().catch((e) => complain(e.message)), RELOAD_DELAY_MS));
  }
  const AFFECTED = { detection: ["detections"], match: ["matches", "detections"], anomaly: ["anomalies"],
    review: ["anomalies"], ais_track: ["tracks"], mission: ["missions"], flight: ["coverage", "vehicles"], finding: ["findings"] };

  function listen() {
    const source = new EventSource("/api/v1/events");
    source.addEventListener("open", () => complain(""));
    source.addEventListener("error", () => complain(label("connection.lost")));
    source.addEventListener("vehicles", (event) => showVehicles(JSON.parse(event.data)));
    source.addEventListener("change", (event) => {
      for (const name of AFFECTED[JSON.parse(event.data).kind] ?? []) reload(name);
    });
    addEventListener("pagehide", () => source.close());
  }

  const choice = document.getElementById("scene-choice");
  choice?.addEventListener("change", () => choice.form.submit());
  map.attributionControl.setPrefix(false);
  L.control.scale({ imperial: false }).addTo(map);
  map.on("moveend", () => reload("coast"));
  Promise.all(Object.values(loaders).map((load) => load()))
    .then(() => { document.body.dataset.ready = "yes"; })
    .catch((error) => complain(`${label("failed")}: ${error.message}`));
  listen();
})();
