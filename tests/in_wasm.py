"""The page's engine without a browser: WebAssembly in this process, called as the native one."""

from typing import Any

import numpy as np
import wasmtime

from drawdown.day import exports, wasm
from drawdown.day.lowering import UNSIGNED, Array
from drawdown.declared import luck
from drawdown.declared.columns import COUNTED, DERIVED_GROUPS, EVENT_FIELDS, OUTCOMES, PLAN


class InWasm:
    """One instance, with arrays copied in and out."""

    def __init__(self, code: bytes) -> None:
        config = wasmtime.Config()
        config.wasm_relaxed_simd = True
        engine = wasmtime.Engine(config)
        self.store = wasmtime.Store(engine)
        self.exports = wasmtime.Instance(self.store, wasmtime.Module(engine, code), []).exports(
            self.store
        )
        self.memory = self.exports["memory"]
        self.begin = self.exports["drawdown_heap"](self.store)

    def _run(self, name: str, *given: Any) -> Any:
        """Call a function: arrays are copied in, and back after it."""
        at, passed, back = (self.begin + 63) & ~63, [], []
        for value in given:
            if isinstance(value, np.ndarray):
                passed.append(at)
                back.append((at, value))
                at = (at + value.nbytes + 127) & ~63
            else:
                passed.append(value)
        short = at - self.memory.data_len(self.store)
        if short > 0:
            self.memory.grow(self.store, short // 65536 + 1)
        for place, value in back:
            self.memory.write(self.store, value.tobytes(), place)
        found = self.exports[f"drawdown_{name}"](self.store, *passed)
        for place, value in back:
            content = self.memory.read(self.store, place, place + value.nbytes)
            if value.flags.writeable:
                value[...] = np.frombuffer(content, value.dtype).reshape(value.shape)
        return found

    def call(self, name: str, *given: Any) -> Any:
        """Call one of `exports.FUNCTIONS` as it is called in Python."""
        passed: list[Any] = []
        for kind, value in zip(exports.FUNCTIONS[name][1], given, strict=True):
            if isinstance(kind, Array):
                passed += [value, *value.shape]
            elif kind == UNSIGNED:
                number = int(value) & luck.MASK
                passed.append(number - (1 << 64) if number >> 63 else number)
            else:
                passed.append(float(value) if kind == "double" else int(value))
        return self._run(name, *passed)

    def live(
        self,
        state: Any,
        nature: Any,
        seed: int,
        replications: Any,
        plan: Any,
        first: int,
        terms: Any,
        noted: Any,
        kept: int,
    ) -> tuple[Any, Any]:
        """Live days in every lane; return what was noted and the last days."""
        lanes, days = wasm.LANES, len(plan)
        derived = np.zeros((sum(n for _, n in DERIVED_GROUPS), lanes))
        keys = np.zeros(lanes, np.uint64)
        self._run("derive", nature, derived)
        signed = seed - (1 << 64) if seed >> 63 else seed
        self._run("keys", signed, np.asarray(replications, np.int64), keys)
        past = np.concatenate([noted, np.zeros((days, len(COUNTED), lanes), np.float32)])
        daily = np.zeros((kept, len(OUTCOMES), lanes), np.float32)
        assert plan.shape[1] == len(PLAN)
        self._run(
            "advance",
            state,
            nature,
            derived,
            keys,
            np.ascontiguousarray(plan),
            days,
            first,
            np.ascontiguousarray(terms),
            past,
            len(noted),
            daily,
            kept,
            np.zeros((lanes, 1, len(EVENT_FIELDS)), np.int32),
            0,
            np.zeros(lanes, np.int64),
            *(0,) * 4,
        )
        return past, daily
