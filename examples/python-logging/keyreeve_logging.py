"""A logging handler that lets `keyreeve redact` see each line before anybody else does. Standard library only.

    import logging
    from keyreeve_logging import RedactingHandler

    logging.basicConfig(handlers=[RedactingHandler(logging.FileHandler("app.log"))])

One child process redacts for one handler. A record that cannot be redacted, since the child is gone or does not answer in
time, is dropped, and a marker takes its place: nothing is written unseen.
"""

import logging
import os
import queue
import secrets
import subprocess
import threading

MARKER = "[unredacted: dropped]"

# A line of ours that comes back behind each record, so that records of several lines and lines that the filter drops
# cannot bring answers and questions out of step. Nobody who is logged can guess it.
_END = "-- keyreeve %s %d --"


class Redactor:
    """Pipes texts through a long-lived `keyreeve redact`."""

    def __init__(self, command=("keyreeve", "redact"), timeout=5.0):
        self._command = list(command)
        self._timeout = timeout
        self._lock = threading.Lock()
        self._count = 0
        self._nonce = secrets.token_hex(8)
        self._start()

    def redact(self, text):
        """Gives the text with secrets masked, or the marker. Never raises, never gives the text back unseen."""
        with self._lock:
            try:
                return self._exchange(text)
            except (OSError, ValueError, queue.Empty, EOFError):
                self._restart()
                return MARKER

    def close(self):
        with self._lock:
            self._end()

    def _exchange(self, text):
        if self._pid != os.getpid():  # After a fork the pipes are the parent's.
            self._start()
        self._count += 1
        end = _END % (self._nonce, self._count)
        self._child.stdin.write((text + "\n" + end + "\n").encode("utf-8", "replace"))
        self._child.stdin.flush()
        lines = []
        while True:
            line = self._lines.get(timeout=self._timeout)
            if line is None:
                raise EOFError
            line = line.decode("utf-8", "replace").rstrip("\n")
            if line == end:
                return "\n".join(lines)
            lines.append(line)

    def _start(self):
        self._child = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=-1
        )
        self._pid = os.getpid()
        self._lines = queue.Queue()
        threading.Thread(
            target=self._read, args=(self._child.stdout, self._lines), daemon=True
        ).start()

    @staticmethod
    def _read(stdout, lines):
        for line in stdout:
            lines.put(line)
        lines.put(None)

    def _restart(self):
        try:
            self._end()
            self._start()
        except OSError:
            pass

    def _end(self):
        try:
            self._child.stdin.close()
            self._child.wait(timeout=self._timeout)
        except (OSError, subprocess.TimeoutExpired):
            self._child.kill()
            self._child.wait()


class RedactingHandler(logging.Handler):
    """Formats a record, redacts the text, and hands it to another handler, which sees nothing else of the record."""

    def __init__(self, handler, redactor=None, level=logging.NOTSET):
        super().__init__(level)
        self._handler = handler
        self._redactor = redactor or Redactor()

    def emit(self, record):
        try:
            text = self._redactor.redact(self.format(record))
        except Exception:  # What cannot be formatted must not break the app.
            text = MARKER
        # A new record: the arguments, the exception and whatever hangs on the old one stay here.
        plain = logging.LogRecord(record.name, record.levelno, record.pathname, record.lineno, "%s", (text,), None)
        plain.created = record.created
        self._handler.handle(plain)

    def close(self):
        self._redactor.close()
        self._handler.close()
        super().close()

