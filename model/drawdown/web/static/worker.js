import { Worlds } from "./worlds.js";

let worlds = null;

const jobs = {
  async open({ module, numbers, posterior, plans }) {
    worlds = new Worlds(await WebAssembly.instantiate(module, {}), numbers, posterior, new Float64Array(plans));
    return {};
  },
  play({ view, name, levers, own, blocks, raw }) {
    worlds.lay(name, levers, own);
    const found = blocks.map((block) => ({ ...worlds.play(view, name, own, block), ...(raw ? worlds.raw() : {}) }));
    return { found, plan: raw ? worlds.e.view(worlds.plan).slice() : null };
  },
  /** Plays one block of both scenarios for their table alone, and keeps nothing. */
  pass({ view, block }) {
    const played = [[view.case, view.levers, view.own], [view.base, {}, []]].slice(0, view.alone ? 1 : 2).map(([name, levers, own]) => {
      worlds.lay(name, levers, own);
      return worlds.play(view, name, own, block, name, true);
    });
    return view.alone ? [played[0], played[0]] : played;
  },
  follow({ view, name, levers, own }) {
    worlds.lay(name, levers, own);
    return worlds.follow(view, name, own);
  },
  running({ view }) { return worlds.running(view); },
  judged({ view, which, structure, block }) { return worlds.judged(view, which, structure, block); },
  pair({ view }) { return worlds.pair(view); },
  between({ view, moved, blocks }) { return worlds.between(view, moved, blocks); },
  moved({ name, levers }) { return worlds.moved(name, levers).own; },
};

onmessage = async ({ data: { id, job, given } }) => {
  try {
    const found = await jobs[job](given);
    const moved = job === "play" ? found.found.flatMap((b) => [b.weekly.buffer, b.people.buffer, b.table.buffer, b.parts.buffer, b.motive.buffer, b.wish.buffer]) : [];
    postMessage({ id, found }, moved);
  } catch (error) {
    postMessage({ id, fault: `${error}` });
  }
};
