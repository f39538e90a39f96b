/** The schematic map: its outline, and names of towns above what is drawn on it. */

import { svg } from "./common.js";

const MAP = { west: 38.4, east: 49, south: 28.7, north: 37.7, width: 560 };
MAP.height = Math.round((MAP.width * (MAP.north - MAP.south)) / ((MAP.east - MAP.west) * 0.84));
export const px = (lon) => (MAP.width * (lon - MAP.west)) / (MAP.east - MAP.west);
export const py = (lat) => (MAP.height * (MAP.north - lat)) / (MAP.north - MAP.south);

/** Returns the empty map. */
export function outline(map, label) {
  const root = svg("svg", { viewBox: `0 0 ${MAP.width} ${MAP.height}`, role: "img", "aria-label": label });
  root.append(svg("polygon", { points: map.outline.map(([x, y]) => `${px(x)},${py(y)}`).join(" "), fill: "#eef1e6", stroke: "#6b7682" }));
  return root;
}

/** Names towns above the circles, with a pale rim, so that a name can be read over them. */
export function cities(root, map) {
  for (const c of map.cities) {
    const text = svg("text", { x: px(c.lon) + 6, y: py(c.lat) + 14, "font-size": 13, fill: "#12202f", stroke: "#fff", "stroke-width": 3, "paint-order": "stroke" }, c.name);
    root.append(svg("circle", { cx: px(c.lon), cy: py(c.lat), r: 2, fill: "#12202f" }), text);
  }
}
