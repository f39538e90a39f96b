import { Worlds } from "./worlds.js";

let worlds = null;

const jobs = {
  async open({ module, numbers, posterior, plans }) {
    worlds = new Worlds(await WebAssembly.instantiate(module, {}), numbers, posterior, new Float64Array(plans));
    return {};
  },
  play({ view, name, levers, blocks, raw }) {
    worlds.lay(name, levers);
    const found = blocks.map((block) => ({ ...worlds.play(view, name, block), ...(raw ? worlds.raw() : {}) }));
    return { found, plan: raw ? worlds.e.view(worlds.plan).slice() : null };
  },
  follow({ view, name, levers }) {
    worlds.lay(name, levers);
    return worlds.follow(view, name);
  },
  pair({ view }) { return worlds.pair(view); },
  between({ view, moved, blocks }) { return worlds.between(view, moved, blocks); },
  moved({ name, levers }) { return worlds.moved(name, levers).own; },
};

onmessage = async ({ data: { id, job, given } }) => {
  try {
    const found = await jobs[job](given);
    const moved = job === "play" ? found.found.flatMap((b) => [b.weekly.buffer, b.people.buffer, b.table.buffer]) : [];
    postMessage({ id, found }, moved);
  } catch (error) {
    postMessage({ id, fault: `${error}` });
  }
};
