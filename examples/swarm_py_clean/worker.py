"""A worker of the swarm: takes events from a queue, keeps those it knows, runs their handlers."""

import logging

from engine import Failed, RegexEngine

log = logging.getLogger(__name__)


class Worker:
    """Handlers by pattern; the first event that a handler refuses ends the batch."""

    def __init__(self, handlers):
        self.handlers = list(handlers.values())
        self.engine = RegexEngine(list(handlers))
        self.stats = {"accepted": 0, "rejected": 0, "errors": 0, "cleared": 0}

    def accepts(self, event):
        """Whether any handler is interested."""
        try:
            known = self.engine.has_match(event["type"])
        except Failed as error:
            log.warning("engine failed, taking the event as it is: %s", error)
            self.stats["errors"] += 1
            known = True
        finally:
            self._clear()
        self.stats["accepted" if known else "rejected"] += 1
        return known

    def dispatch(self, event):
        """Run each handler whose pattern matches."""
        try:
            numbers = self.engine.match_indices(event["type"])
            for number in numbers:
                self.handlers[number](event)
            return len(numbers)
        finally:
            self._clear()

    def drain(self, queue):
        """All events of a queue."""
        while queue:
            event = queue.popleft()
            if self.accepts(event):
                self.dispatch(event)

    def pending(self):
        """Bytes of event names that the engine still holds."""
        return self.engine.get_buffer_size()

    def close(self):
        """The end of the worker."""
        log.info("closing: %s", self.stats)
        self.handlers.clear()
        self.engine.free()

    def _clear(self):
        """Whatever happened, the engine forgets the event; that must not hide what happened."""
        try:
            self.engine.clear_buffer()
            self.stats["cleared"] += 1
        except Failed as error:
            log.warning("the buffer could not be cleared: %s", error)
