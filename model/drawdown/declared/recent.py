"""The few results used last, so that what is asked again is not worked out again."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Recent(OrderedDict[Any, Any]):
    """The results used last, by key. Safe to use from several threads.

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self._lock = threading.Lock()

    def get_or_make(self, key: Any, make: Callable[[], T]) -> T:
        """Return a result; it is made, outside of any lock, where it is not there."""
        with self._lock:
            if key in self:
                self.move_to_end(key)
                there: T = self[key]
                return there
        made = make()
        with self._lock:
            self[key] = made
            self.move_to_end(key)
            while len(self) > self.most:
                self.popitem(last=False)
        return made
