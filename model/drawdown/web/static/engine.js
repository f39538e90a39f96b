/** The compiled day and the memory that it works on. Arrays are C's: rows one after the other. */

const VIEWS = { double: Float64Array, float: Float32Array, int32_t: Int32Array, uint64_t: BigUint64Array };

export class Engine {
  constructor(instance, numbers) {
    this.code = instance.exports;
    this.types = numbers.functions;
    this.free = this.code.drawdown_heap();
  }

  /** Returns a new array: where it begins, its kind, its sizes. */
  array(kind, ...shape) {
    const bytes = VIEWS[kind].BYTES_PER_ELEMENT * shape.reduce((a, b) => a * b, 1);
    const at = (this.free + 63) & ~63;
    this.free = at + bytes;
    const memory = this.code.memory;
    const more = this.free - memory.buffer.byteLength;
    if (more > 0) memory.grow(Math.ceil(more / 65536));
    return { at, kind, shape };
  }

  view(array) {
    return new VIEWS[array.kind](this.code.memory.buffer, array.at, array.shape.reduce((a, b) => a * b, 1));
  }

  filled(kind, values, ...shape) {
    const made = this.array(kind, ...shape);
    this.view(made).set(values);
    return made;
  }

  /** Calls one of the functions that are lowered from Python, as it is called there. */
  call(name, ...given) {
    const passed = [];
    this.types[name].forEach((type, k) => {
      const value = given[k];
      if (Array.isArray(type)) passed.push(value.at, ...value.shape);
      else if (type === "uint64_t") passed.push(BigInt.asUintN(64, BigInt(value)));
      else passed.push(Number(value));
    });
    return this.code[`drawdown_${name}`](...passed);
  }

  /** Throws what a rule of one's own met that would stop Python: file, line and what. */
  refuseWhatWasNoted() {
    const at = this.code.drawdown_noted();
    if (!at) return;
    const bytes = new Uint8Array(this.code.memory.buffer, at);
    throw new Error(new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0))));
  }

  /** Lets go of what was made since a mark, so that passing arrays take no room for good. */
  release(mark) { this.free = mark; }
}

/** Returns the numbers of a sparse object; JSON knows no infinity, so that it comes as a word. */
export function sparse(found, length) {
  const words = { inf: Infinity, "-inf": -Infinity }, values = new Array(length).fill(0);
  for (const [row, value] of Object.entries(found)) values[row] = words[value] ?? value;
  return values;
}
