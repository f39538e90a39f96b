/** What was shown before and after: undo, redo, and the browser's own way back and forward. */

export class Steps {
  constructor(show, query) {
    this.show = show;
    this.at = history.state?.at ?? 0;
    this.top = this.at;
    this.said = new Map();
    addEventListener("popstate", (event) => {
      // A way to a part of the page is no step.
      if (event.state === null && `${location.search}` === this.search) { history.replaceState({ at: this.at }, ""); return; }
      this.at = event.state?.at ?? 0;
      this.search = location.search;
      this.top = Math.max(this.top, this.at);
      show(location.search);
      this.last = query();
      this.told();
    });
  }

  /** Where a page has no address of its own (a frame in a notebook), steps are kept here alone. */
  begin(query) {
    this.said.set(this.at, query);
    this.last = query;
    this.search = location.search;
    try { history.replaceState({ at: this.at }, ""); } catch { this.alone = true; }
    this.told();
  }

  /** Adds a step where the view is another one. */
  settle(query) {
    if (query === this.last) return;
    this.last = query;
    this.at += 1;
    this.top = this.at;
    this.said.set(this.at, query);
    try { history.pushState({ at: this.at }, "", `?${query}`); this.search = location.search; } catch { this.alone = true; }
    this.told();
  }

  go(by) {
    const to = this.at + by;
    if (to < 0 || to > this.top) return;
    if (!this.alone) { history.go(by); return; }
    this.at = to;
    this.last = this.said.get(to);
    this.show(`?${this.last}`);
    this.told();
  }

  get undone() { return this.at > 0; }
  get redone() { return this.at < this.top; }
  told() {}
}
